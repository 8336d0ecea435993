using System.Buffers;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Relaying;

/// <summary>Moves one direction between two sockets: small amounts through a buffer that all sessions of a thread share, streams by
/// splice(2) without copying.</summary>
internal static class SocketPump
{
    private const int ScratchSize = 16 * 1024;

    // Two full reads in a row are a stream; a splice costs two more system calls than a small message is worth.
    private const int FullReadsBeforeSplice = 2;

    // Bytes moved before other sockets of the reactor have their turn.
    private const long TurnBytes = 4 << 20;

    [ThreadStatic]
    private static byte[]? t_scratch;

    /// <summary>Runs until the source ends.</summary>
    /// <returns>Why the source broke; null where it ended in order.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<Exception?> RunAsync(RelayDirection direction, ReactorSocketStream source, ReactorSocketStream target)
    {
        int fullReads = 0;
        long turn = 0;
        while (true)
        {
            await source.WaitReadableAsync().ConfigureAwait(false);
            int read = Move(direction, source, target, out byte[]? rest, out int restLength);
            if (read == 0) return null;
            if (read == ReactorSocketStream.Broken) return source.Failure;
            if (read < 0) continue;
            if (rest is not null) await WriteRestAsync(direction, rest, restLength).ConfigureAwait(false);
            await PassedAsync(direction, source, read).ConfigureAwait(false);
            turn += read;
            fullReads = read == ScratchSize ? fullReads + 1 : 0; // seldom where bandwidth is limited: a quantum may be less
            if (fullReads >= FullReadsBeforeSplice && SplicePipe.TryRent() is { } pipe)
            {
                if (await SpliceAsync(direction, source, target, pipe).ConfigureAwait(false)) return null;
                fullReads = FullReadsBeforeSplice - 1; // the stream is likely to go on: one full read brings the pipe back
                turn = 0;
            }
            else if (turn >= TurnBytes)
            {
                turn = 0;
                await source.Reactor.Yield();
            }
        }
    }

    // Reads once and writes the bytes that the target takes; the rest, which is rare, is copied out of the shared buffer.
    private static int Move(
        RelayDirection direction, ReactorSocketStream source, ReactorSocketStream target, out byte[]? rest, out int restLength)
    {
        byte[] scratch = t_scratch ??= GC.AllocateUninitializedArray<byte>(ScratchSize, pinned: true);
        rest = null;
        restLength = 0;
        int read = source.TryRead(scratch.AsSpan(0, direction.Quantum(ScratchSize)));
        if (read <= 0) return read;
        direction.Failing = direction.TargetSide;
        int written = Math.Max(0, target.TryWrite(scratch.AsSpan(0, read)));
        if (written == read)
        {
            direction.Failing = direction.SourceSide;
            return read;
        }
        restLength = read - written;
        rest = ArrayPool<byte>.Shared.Rent(restLength);
        scratch.AsSpan(written, restLength).CopyTo(rest);
        return read;
    }

    private static ValueTask PassedAsync(RelayDirection direction, ReactorSocketStream source, long bytes)
    {
        ValueTask pace = direction.PassedAsync(bytes);
        return pace.IsCompletedSuccessfully ? default : WaitAsync(pace, source);
    }

    private static async ValueTask WaitAsync(ValueTask pace, ReactorSocketStream source)
    {
        await pace.ConfigureAwait(false);
        await source.Reactor.Yield(); // a timer has taken it to another thread
    }

    private static async ValueTask WriteRestAsync(RelayDirection direction, byte[] rest, int length)
    {
        try
        {
            await direction.Target.WriteAsync(rest.AsMemory(0, length)).ConfigureAwait(false);
            direction.Failing = direction.SourceSide;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }
    }

    // True at the end of the source; false when it is empty for now.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> SpliceAsync(
        RelayDirection direction, ReactorSocketStream source, ReactorSocketStream target, SplicePipe pipe)
    {
        try
        {
            long turn = 0;
            while (true)
            {
                source.ThrowIfClosed();
                int filled = pipe.Fill(source, direction.Quantum(int.MaxValue));
                if (filled == 0) return true;
                if (filled == ReactorSocketStream.WouldBlock)
                {
                    source.MarkDrained();
                    return false;
                }
                direction.Failing = direction.TargetSide;
                while (pipe.Length > 0)
                {
                    target.ThrowIfClosed();
                    int moved = pipe.Empty(target);
                    if (moved == ReactorSocketStream.WouldBlock) await target.WaitWritableAsync().ConfigureAwait(false);
                    else await PassedAsync(direction, source, moved).ConfigureAwait(false);
                }
                direction.Failing = direction.SourceSide;
                turn += filled;
                if (turn >= TurnBytes)
                {
                    turn = 0;
                    await source.Reactor.Yield();
                }
            }
        }
        finally
        {
            pipe.Return();
        }
    }
}
