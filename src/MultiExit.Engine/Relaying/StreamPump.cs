using System.Buffers;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Multiplexing;

namespace MultiExit.Engine.Relaying;

/// <summary>Moves one direction between any two streams.</summary>
internal static class StreamPump
{
    private const int BufferSize = 64 * 1024;

    // Used where the carrier of one of the two streams holds much memory already.
    private const int SmallBufferSize = 4 * 1024;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask RunAsync(RelayDirection direction)
    {
        MemoryBudget? memory = (direction.Source as CarriedStream ?? direction.Target as CarriedStream)?.Memory;
        while (true)
        {
            // Without a buffer until there is something to put into it: an idle session holds none.
            await direction.Source.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            int size = memory?.IsCrowded == true ? SmallBufferSize : BufferSize;
            memory?.Hold(size);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                int count;
                int quantum;
                do
                {
                    quantum = direction.Quantum(buffer.Length);
                    count = await direction.Source.ReadAsync(buffer.AsMemory(0, quantum)).ConfigureAwait(false);
                    if (count == 0) return;
                    await direction.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
                }
                while (count == quantum);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
                memory?.Hold(-size);
            }
        }
    }
}
