using System.Collections.Concurrent;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A stream that passes everything on and notes how it is used.</summary>
internal sealed class WatchedStream(DuplexStream inner) : DuplexStream
{
    private int _pending = -1;

    /// <summary>The length of each buffer that was written.</summary>
    public ConcurrentQueue<int> Writes { get; } = new();

    /// <summary>The length of each buffer that was given for a read; 0 for a wait without one.</summary>
    public ConcurrentQueue<int> Reads { get; } = new();

    /// <summary>The length of the buffer of the read that is waiting; -1 for none.</summary>
    public int Pending => Volatile.Read(ref _pending);

    public bool Disposed { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Reads.Enqueue(buffer.Length);
        Volatile.Write(ref _pending, buffer.Length);
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _pending, -1);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Writes.Enqueue(buffer.Length);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

    public override void Abort() => inner.Abort();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Disposed = true;
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
