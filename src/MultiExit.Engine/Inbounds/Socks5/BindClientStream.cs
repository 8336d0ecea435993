using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>The client's stream during BIND: watched for its end while the peer is awaited, then read as usual.</summary>
/// <remarks>The read that watches cannot be called back without a layer like TLS taking harm, so that the first read of the relay waits for it
/// and continues with what it brought.</remarks>
internal sealed class BindClientStream(HandshakeReader reader) : DuplexStream
{
    private Task? _watch;
    private DuplexStream? _detached;
    private volatile bool _stopped;
    private volatile bool _hasEnded;

    /// <summary>True when the client closed or broke the connection while it was watched.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Starts to watch.</summary>
    /// <param name="onEnd">Called when the connection ends before <see cref="StopWatching"/>.</param>
    public void Watch(Action onEnd) => _watch = WatchAsync(onEnd);

    public void StopWatching() => _stopped = true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_detached is null)
        {
            if (_watch is not null) await _watch.ConfigureAwait(false);
            _detached = reader.Detach();
        }
        return await _detached.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
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
            while (!_stopped && reader.Unread.Length < Socks5Handshake.ReadLimit)
                if (!await reader.ReadMoreAsync(Socks5Handshake.ReadLimit, CancellationToken.None).ConfigureAwait(false))
                {
                    _hasEnded = true;
                    break;
                }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _hasEnded = true;
        }
        if (_hasEnded && !_stopped) onEnd();
    }
}
