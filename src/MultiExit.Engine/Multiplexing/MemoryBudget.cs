namespace MultiExit.Engine.Multiplexing;

/// <summary>The memory of a carrier: the part that its windows may grow into together, and all that it holds of the server's. Bytes that wait
/// for readers go down when the readers catch up, so a carrier is held back for those alone; the rest counts for the others.</summary>
/// <param name="total">The bytes that windows may grow into.</param>
/// <param name="server">The memory of all carriers; null: it is not shared.</param>
internal sealed class MemoryBudget(long total, ServerMemory? server = null)
{
    /// <summary>The memory of a stream itself, beside the bytes that wait for its reader: in bytes, about.</summary>
    public const int OfStream = 16 * 1024;

    // This much may wait in each carrier whatever the others hold, so that every carrier makes progress, if slowly.
    private const int Least = 16 * 1024;

    private long _left = total;
    private long _held;
    private long _waiting;

    /// <summary>Whether half as much waits in it as all carriers leave over: then no sender is granted more.</summary>
    public bool IsTight => server is not null && Interlocked.Read(ref _waiting) > Math.Max(Least, server.Left / 2);

    /// <summary>Whether as much waits in it as all carriers leave over: then it is not read.</summary>
    public bool IsOver => server is not null && Interlocked.Read(ref _waiting) > Math.Max(Least, server.Left);

    /// <summary>Whether it holds half as much as all carriers leave over: then relays use small buffers.</summary>
    public bool IsCrowded => server is not null && Interlocked.Read(ref _held) > server.Left / 2;

    /// <summary>Whether it holds as much as all carriers leave over: then it takes no further streams.</summary>
    public bool IsFull => server is not null && Interlocked.Read(ref _held) > server.Left;

    /// <summary>Takes the amount for a window to grow into, or nothing.</summary>
    public long Take(long bytes)
    {
        if (server is not null && Interlocked.Read(ref _held) + bytes > server.Left - bytes) return 0;
        if (Interlocked.Add(ref _left, -bytes) >= 0)
        {
            Hold(bytes);
            return bytes;
        }
        Interlocked.Add(ref _left, bytes);
        return 0;
    }

    /// <summary>Gives back the amount.</summary>
    public void Return(long bytes)
    {
        Interlocked.Add(ref _left, bytes);
        Hold(-bytes);
    }

    /// <summary>Counts bytes that wait for a reader; a negative number counts bytes that no longer wait.</summary>
    public void HoldWaiting(long bytes) => Count(bytes, bytes);

    /// <summary>The same where some of the bytes lie within the part that a window has grown into, which is held already.</summary>
    /// <param name="waiting">The bytes that wait.</param>
    /// <param name="held">The bytes among them that were not held before.</param>
    public void Count(long waiting, long held)
    {
        if (server is null) return;
        Interlocked.Add(ref _waiting, waiting);
        Hold(held);
    }

    /// <summary>Counts other bytes, of streams and buffers; a negative number takes them off.</summary>
    public void Hold(long bytes)
    {
        if (server is null || bytes == 0) return;
        Interlocked.Add(ref _held, bytes);
        server.Add(bytes);
    }

    /// <summary>The carrier is not read for a while.</summary>
    public void CountStall() => server?.CountStall();
}
