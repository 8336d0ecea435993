namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>One user's quota on this node. Used under the lock of <see cref="FleetQuotas"/>.</summary>
/// <param name="used">What it has used when it is first looked at.</param>
/// <param name="now">Since when it is used; null: not since the start.</param>
internal sealed class FleetQuota(long used, TimeSpan? now)
{
    // A user that is there now and then does not keep from other nodes what it does not use.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(1);

    /// <summary>Up to how many bytes are reserved for this node.</summary>
    public long Reserved { get; set; }

    /// <summary>The bytes that the store knows of.</summary>
    public long Sent { get; private set; } = used;

    /// <summary>Whether the store has answered.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Whether what is reserved is that of a process before, with all that may pass without an answer in it.</summary>
    public bool IsKept { get; init; }

    /// <summary>Whether more was asked for and no answer is there yet.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Since when more was used than may be.</summary>
    public TimeSpan? CrossedAt { get; set; }

    /// <summary>When bytes have passed last.</summary>
    public TimeSpan? ActiveAt { get; private set; } = now;

    /// <summary>What of a quota is reserved at once: a thousandth, at least 1 MiB, and never more than a tenth.</summary>
    public static long ChunkOf(long quota) => Math.Max(1, Math.Min(Math.Max(1 << 20, quota / 1000), quota / 10));

    /// <summary>Whether more is to be reserved.</summary>
    public bool IsShort(long used, long quota) => Reserved - used < (ChunkOf(quota) + 1) / 2;

    /// <summary>What the store is told; null: nothing has changed.</summary>
    public QuotaDemand? Demand(string account, long used, long quota, TimeSpan now, bool isFull)
    {
        long moved = Math.Max(0, used - Sent);
        if (moved > 0) ActiveAt = now;
        long wanted = ActiveAt is not { } active || now - active > IdleAfter ? used
            // Whoever is quick has the bytes of the time until the next exchange as well.
            : IsShort(used, quota) ? used + Math.Max(ChunkOf(quota), Math.Min(2 * Math.Min(moved, quota), quota / 20)) : Math.Max(Reserved, used);
        if (!isFull && IsKnown && moved == 0 && wanted == Reserved) return null;
        // What is given back is not used any more, whether the answer comes or not.
        Reserved = Math.Min(Reserved, wanted);
        return new QuotaDemand(account, used, wanted, quota);
    }

    /// <summary>Takes the answer of the store.</summary>
    public void Take(QuotaDemand demand, QuotaGrant grant)
    {
        Sent = Math.Max(demand.Spent, grant.Spent);
        Reserved = Math.Min(grant.Reserved, Math.Max(demand.Wanted, Sent));
        (IsKnown, IsAsked, CrossedAt) = (true, false, null);
    }
}
