using System.IO.Pipelines;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Two connected in-memory streams: what is written to one is read from the other, half-close included.</summary>
internal sealed class DuplexPair
{
    public DuplexPair()
    {
        Pipe there = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false));
        Pipe back = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false));
        Left = new PipeStream(back.Reader, there.Writer);
        Right = new PipeStream(there.Reader, back.Writer);
    }

    public DuplexStream Left { get; }

    public DuplexStream Right { get; }

    private sealed class PipeStream(PipeReader reader, PipeWriter writer) : DuplexStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            System.IO.Pipelines.ReadResult result = await reader.ReadAsync(cancellationToken);
            int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
            SequencePosition end = result.Buffer.GetPosition(count);
            foreach (ReadOnlyMemory<byte> segment in result.Buffer.Slice(0, count))
            {
                segment.CopyTo(buffer);
                buffer = buffer[segment.Length..];
            }
            reader.AdvanceTo(end);
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            FlushResult result = await writer.WriteAsync(buffer, cancellationToken);
            if (result.IsCompleted) throw new IOException("the peer has closed");
        }

        public override async ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => await writer.CompleteAsync();

        public override void Abort()
        {
            IOException aborted = new("aborted");
            writer.Complete(aborted);
            reader.Complete(aborted);
            reader.CancelPendingRead();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                writer.Complete();
                reader.Complete();
            }
            base.Dispose(disposing);
        }
    }
}
