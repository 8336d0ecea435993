namespace MultiExit.Engine.Transport;

/// <summary>A connection: a <see cref="Stream"/> whose two directions end separately. Socket, TLS, WebSocket and
/// multiplexed streams all derive from it, so that half-close works through every layer.</summary>
/// <remarks>One reader and one writer may be active at the same time; two readers or two writers may not.
/// Only the asynchronous members are for use; the synchronous ones throw.</remarks>
internal abstract class DuplexStream : Stream
{
    /// <summary>Sends the end of this side's direction (TCP FIN, TLS close_notify); the other direction stays readable.</summary>
    public abstract ValueTask CompleteWritesAsync(CancellationToken cancellationToken);

    /// <summary>Ends both directions at once and wakes all waiters on them with an <see cref="IOException"/>. Idempotent, callable
    /// from any thread; the peer sees a reset where the layer beneath can send one.</summary>
    public abstract void Abort();

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads into the buffer. A read into an empty buffer completes when bytes (or the end) can be read, which lets
    /// an idle session wait without holding a buffer.</summary>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Reads as <see cref="ReadAsync(Memory{byte}, CancellationToken)"/> does, without an exception for a connection that broke.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public virtual async ValueTask<StreamRead> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return new StreamRead(await ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new StreamRead(0, exception);
        }
    }

    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public sealed override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public sealed override void SetLength(long value) => throw new NotSupportedException();
}
