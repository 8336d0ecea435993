using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>The client's stream during BIND: watched for its end while the peer is awaited, then read as usual.</summary>
/// <remarks>The watch waits with reads into an empty buffer, which take no bytes. The last one cannot be canceled without damage to a
/// layer such as TLS. So the relay first gets the bytes that the watch has brought in, then waits for the watch, and only then reads on.
/// <see cref="_state"/> says who owns the reader.</remarks>
internal sealed class BindClientStream(HandshakeReader reader) : DuplexStream
{
    private const int Waiting = 0;
    private const int Reading = 1;
    private const int Stopped = 2;
    private int _state = Waiting;
    private bool _stoppedWhileReading;
    private volatile bool _hasEnded;
    private Task _watch = Task.CompletedTask;
    private ReadOnlyMemory<byte>? _prefix;

    /// <summary>True when the client closed or broke the connection while it was watched.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Starts to watch.</summary>
    /// <param name="onEnd">Called when the connection ends before <see cref="StopWatching"/>.</param>
    public void Watch(Action onEnd) => _watch = WatchAsync(onEnd);

    /// <summary>Ends the watch; called once, before the first read.</summary>
    public void StopWatching() => _stoppedWhileReading = Interlocked.Exchange(ref _state, Stopped) == Reading;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_prefix is not { } prefix)
        {
            // A read under way has its bytes at hand; it ends at once.
            if (_stoppedWhileReading) await _watch.ConfigureAwait(false);
            prefix = reader.Unread.ToArray();
            reader.Dispose();
        }
        int count = Math.Min(prefix.Length, buffer.Length);
        prefix.Span[..count].CopyTo(buffer.Span);
        _prefix = prefix[count..];
        if (count > 0 || !prefix.IsEmpty) return count;
        await _watch.ConfigureAwait(false);
        return await reader.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        reader.Stream.WriteAsync(buffer, cancellationToken);

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => reader.Stream.CompleteWritesAsync(cancellationToken);

    public override void Abort() => reader.Stream.Abort();

    protected override void Dispose(bool disposing)
    {
        if (disposing) reader.Stream.Dispose();
        base.Dispose(disposing);
    }

    private async Task WatchAsync(Action onEnd)
    {
        try
        {
            // A client that sends ahead of the second reply is read up to the limit; beyond it TCP holds it back.
            while (reader.Unread.Length < Socks5Handshake.ReadLimit)
            {
                await reader.Stream.ReadAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
                if (Interlocked.CompareExchange(ref _state, Reading, Waiting) != Waiting) return;
                _hasEnded = !await reader.ReadMoreAsync(Socks5Handshake.ReadLimit, CancellationToken.None).ConfigureAwait(false);
                if (Interlocked.CompareExchange(ref _state, Waiting, Reading) != Reading) return;
                if (_hasEnded) break;
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _hasEnded = true;
        }
        if (_hasEnded) onEnd();
    }
}
