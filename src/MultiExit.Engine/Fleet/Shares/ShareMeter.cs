using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>Measures what users want of their limits from one look to the next. Not thread-safe.</summary>
internal sealed class ShareMeter
{
    private Dictionary<string, ScopeUse> _last = new(StringComparer.Ordinal);

    /// <summary>What they wanted.</summary>
    /// <param name="uses">What they have.</param>
    /// <param name="tries">How often they tried to open a session, as <see cref="IFleetShares.Tried"/> counts it.</param>
    /// <param name="elapsed">Since the last look.</param>
    public IReadOnlyList<ShareNeed> Measure(IReadOnlyList<UserUse> uses, IReadOnlyDictionary<ShareKey, long> tries, TimeSpan elapsed)
    {
        // What came within a moment says nothing of a second.
        double seconds = Math.Max(elapsed.TotalSeconds, 0.1);
        List<ShareNeed> needs = [];
        Dictionary<string, ScopeUse> now = new(StringComparer.Ordinal);
        foreach (UserUse use in uses)
        {
            string account = use.Account;
            ScopeLimits limits = use.Limits;
            if (limits.Connections is { } connections) Add(ShareKind.Connections, connections, use.Sessions + TriesOf(ShareKind.Connections));
            if (limits.Associations is { } associations) Add(ShareKind.Associations, associations, use.Associations + TriesOf(ShareKind.Associations));
            if (limits.NewPerSecond is { } rate) Add(ShareKind.New, rate, WithRoom(TriesOf(ShareKind.New) / seconds));
            if (limits.Bandwidth is not { } bandwidth || use.Bytes is not { } bytes) continue;
            ScopeUse? last = _last.GetValueOrDefault(account);
            long up = bytes.ChargedUp - (last?.Up == bytes.Up ? last.ChargedUp : 0);
            long down = bytes.ChargedDown - (last?.Down == bytes.Down ? last.ChargedDown : 0);
            Add(ShareKind.Up, bandwidth, bytes.HeldUp ? bandwidth : WithRoom(up / seconds));
            Add(ShareKind.Down, bandwidth, bytes.HeldDown ? bandwidth : WithRoom(down / seconds));
            now[account] = bytes;

            long TriesOf(ShareKind kind) => tries.GetValueOrDefault(new ShareKey(account, kind));

            void Add(ShareKind kind, long limit, long demand) => needs.Add(new ShareNeed(new ShareKey(account, kind), limit, Math.Min(demand, limit)));
        }
        _last = now;
        return needs;
    }

    // Whoever is not held back may become quicker by a quarter before it is.
    private static long WithRoom(double rate) => (long)Math.Min(Math.Ceiling(rate * 1.25), long.MaxValue / 2);
}
