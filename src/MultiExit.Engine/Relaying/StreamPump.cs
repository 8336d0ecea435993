using System.Buffers;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Relaying;

/// <summary>Moves one direction between any two streams.</summary>
internal static class StreamPump
{
    private const int BufferSize = 64 * 1024;

    // Used where the carrier of one of the two streams holds much memory already.
    private const int SmallBufferSize = 4 * 1024;

    /// <summary>Runs until the source ends.</summary>
    /// <returns>Why the source broke; null where it ended in order.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<Exception?> RunAsync(RelayDirection direction)
    {
        MemoryBudget? memory = (direction.Source as CarriedStream ?? direction.Target as CarriedStream)?.Memory;
        while (true)
        {
            // Without a buffer until there is something to put into it: an idle session holds none.
            StreamRead wait = await direction.Source.TryReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            if (wait.Failure is not null) return wait.Failure;
            int size = memory?.IsCrowded == true ? SmallBufferSize : BufferSize;
            memory?.Hold(size);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                StreamRead read;
                int quantum;
                do
                {
                    quantum = direction.Quantum(buffer.Length);
                    read = await direction.Source.TryReadAsync(buffer.AsMemory(0, quantum)).ConfigureAwait(false);
                    if (read.Count == 0) return read.Failure;
                    await direction.WriteAsync(buffer.AsMemory(0, read.Count)).ConfigureAwait(false);
                }
                while (read.Count == quantum);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
                memory?.Hold(-size);
            }
        }
    }
}
