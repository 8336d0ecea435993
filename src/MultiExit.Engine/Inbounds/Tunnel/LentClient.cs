using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>A client that has sent nothing yet and that the fallback has meanwhile: whatever the fallback does to it takes effect. The first
/// bytes of the client are read elsewhere, and decide whether the fallback keeps it.</summary>
internal sealed class LentClient(DuplexStream stream, SocketStream socket, TimeProvider time) : FallbackClient(stream, socket, time)
{
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _prefix;
    private bool _started;
    private volatile bool _taken;

    /// <summary>The fallback keeps it.</summary>
    /// <param name="first">What it has sent so far; empty when it has ended its direction.</param>
    public void Keep(ReadOnlyMemory<byte> first) => _first.TrySetResult(first);

    /// <summary>The fallback has it no longer.</summary>
    public void Take()
    {
        _taken = true;
        _first.TrySetException(new IOException("the client knows the key"));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_started)
        {
            _prefix = await _first.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            _started = true;
        }
        if (_prefix.IsEmpty) return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        int count = Math.Min(buffer.Length, _prefix.Length);
        _prefix[..count].CopyTo(buffer);
        _prefix = _prefix[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _taken ? throw new IOException("the client knows the key") : base.WriteAsync(buffer, cancellationToken);

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) =>
        _taken ? default : base.CompleteWritesAsync(cancellationToken);

    public override void Abort()
    {
        if (_taken) return;
        _first.TrySetException(new IOException("the connection was aborted"));
        base.Abort();
    }
}
