using System.IO.Pipelines;

namespace MultiExit.Engine.Multiplexing;

/// <summary>Reading from the pipe of a stream.</summary>
internal static class PipeReaderExtensions
{
    /// <summary>Copies what a read found, as far as it fits, and leaves the rest to the next one.</summary>
    /// <returns>The bytes copied; 0 at the end.</returns>
    public static int Take(this PipeReader reader, in ReadResult result, Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        int copied = 0;
        foreach (ReadOnlyMemory<byte> segment in result.Buffer.Slice(0, count))
        {
            segment.Span.CopyTo(buffer[copied..]);
            copied += segment.Length;
        }
        reader.AdvanceTo(result.Buffer.GetPosition(count));
        return count;
    }
}
