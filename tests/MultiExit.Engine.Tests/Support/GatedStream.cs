using System.Threading.Channels;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A stream whose writes the test sees one by one and lets through, or breaks.</summary>
internal sealed class GatedStream : DuplexStream
{
    private readonly Channel<PendingWrite> _writes = Channel.CreateUnbounded<PendingWrite>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Aborted { get; private set; }

    /// <summary>Completes with the end of the direction.</summary>
    public Task Ended => _ended.Task.WaitAsync(TestTransports.Patience);

    /// <summary>Whether a write waits that the test has not seen.</summary>
    public bool HasWrite => _writes.Reader.TryPeek(out _);

    /// <summary>The next write, which lasts until the test ends it.</summary>
    public Task<PendingWrite> NextAsync() => _writes.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        PendingWrite write = new(buffer.ToArray());
        _writes.Writer.TryWrite(write);
        await write.Done.Task.WaitAsync(cancellationToken);
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        _ended.TrySetResult();
        return default;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void Abort() => Aborted = true;

    internal sealed record PendingWrite(byte[] Bytes)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => Done.SetResult();

        public void Break() => Done.SetException(new IOException("broken by the test"));
    }
}
