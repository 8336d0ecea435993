namespace MultiExit.Engine.Sessions.Limits;

/// <summary>What holds the bytes of a session back: the bandwidth of its client, its user and its inbound.</summary>
internal sealed class SessionPace(LimitScope client, LimitScope? user, LimitScope inbound, TimeProvider time)
{
    // What is moved before the first wait is ahead of time: all the sessions that share a bandwidth move a twentieth of a second's worth
    // then, and each has its turn as often.
    private const int QuantaPerSecond = 20;
    private const int SmallestQuantum = 1024;

    // A session that is ended from outside notices within that.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether bytes to the target are limited now; a reload may change it.</summary>
    public bool LimitsUp => client.Up is not null || user?.Up is not null || inbound.Up is not null;

    /// <summary>Whether bytes to the client are limited now.</summary>
    public bool LimitsDown => client.Down is not null || user?.Down is not null || inbound.Down is not null;

    /// <summary>The most bytes to move before asking again.</summary>
    public int Quantum(bool up)
    {
        long share = Math.Min(Share(client, up), Math.Min(Share(user, up), Share(inbound, up)));
        return (int)Math.Clamp(share / QuantaPerSecond, SmallestQuantum, int.MaxValue);
    }

    /// <summary>Counts bytes that were moved, and waits until more may be.</summary>
    public async ValueTask WaitAsync(bool up, long bytes, Session session)
    {
        TimeSpan wait = Max(Charge(up ? client.Up : client.Down, bytes), Charge(up ? user?.Up : user?.Down, bytes), Charge(up ? inbound.Up : inbound.Down, bytes));
        while (wait > TimeSpan.Zero && session.AbortReason is null)
        {
            TimeSpan slice = wait < LongestWait ? wait : LongestWait;
            await Task.Delay(slice, time).ConfigureAwait(false);
            wait -= slice;
        }
    }

    private static long Share(LimitScope? scope, bool up) =>
        (up ? scope?.Up : scope?.Down) is { } pacer ? pacer.BytesPerSecond / Math.Max(1, scope!.Sessions) : long.MaxValue;

    private static TimeSpan Charge(Pacer? pacer, long bytes) => pacer?.Charge(bytes) ?? TimeSpan.Zero;

    private static TimeSpan Max(TimeSpan a, TimeSpan b, TimeSpan c) => a > b ? (a > c ? a : c) : (b > c ? b : c);
}
