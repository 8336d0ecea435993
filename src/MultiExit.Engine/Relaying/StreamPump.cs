using System.Buffers;
using System.Runtime.CompilerServices;

namespace MultiExit.Engine.Relaying;

/// <summary>Moves one direction between any two streams.</summary>
internal static class StreamPump
{
    private const int BufferSize = 64 * 1024;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask RunAsync(RelayDirection direction)
    {
        while (true)
        {
            // Without a buffer until there is something to put into it: an idle session holds none.
            await direction.Source.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
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
            }
        }
    }
}
