using System.IO.Pipelines;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Two connected in-memory streams: bytes written to one are read from the other, half-close included.</summary>
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
        private readonly Lock _lock = new();
        private bool _reading;
        private volatile bool _aborted;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                if (_aborted) throw new IOException("aborted");
                _reading = true;
            }
            System.IO.Pipelines.ReadResult result = default;
            try
            {
                result = await reader.ReadAsync(cancellationToken);
            }
            finally
            {
                lock (_lock)
                {
                    _reading = false;
                    if (_aborted) reader.Complete(new IOException("aborted"));
                }
            }
            if (_aborted) throw new IOException("aborted");
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
            if (_aborted) throw new IOException("aborted");
            if (result.IsCompleted) throw new IOException("the peer has closed");
        }

        public override async ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => await writer.CompleteAsync();

        public override void Abort()
        {
            IOException aborted = new("aborted");
            lock (_lock)
            {
                if (_aborted) return;
                _aborted = true;
                if (!_reading) reader.Complete(aborted);
                else reader.CancelPendingRead();
            }
            writer.CancelPendingFlush();
            writer.Complete(aborted);
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
