using MultiExit.Engine.Transport;

namespace MultiExit.Fuzz.Targets;

/// <summary>A connection whose peer has sent some bytes and the end. They are read in pieces of a size; all of it completes at
/// once.</summary>
internal sealed class MemoryDuplex(byte[] input, int piece) : DuplexStream
{
    private readonly MemoryStream _written = new();
    private readonly Lock _lock = new();
    private int _at;
    private volatile bool _aborted;

    /// <summary>What was sent to the peer.</summary>
    public byte[] Written
    {
        get
        {
            lock (_lock) return _written.ToArray();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_aborted) return ValueTask.FromException<int>(new IOException("aborted"));
        int count = Math.Min(Math.Min(piece, buffer.Length), input.Length - _at);
        input.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_aborted) return ValueTask.FromException(new IOException("aborted"));
        lock (_lock) _written.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override void Abort() => _aborted = true;

    protected override void Dispose(bool disposing)
    {
        _aborted = true;
        base.Dispose(disposing);
    }
}
