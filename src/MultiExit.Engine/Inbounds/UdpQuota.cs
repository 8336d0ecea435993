namespace MultiExit.Engine.Inbounds;

/// <summary>Counts the UDP associations of inbounds: in all, and of each owner (a user, or a client). Outlives reloads. Thread-safe.</summary>
internal sealed class UdpQuota
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Inbound, object Owner), int> _perOwner = [];
    private readonly Dictionary<string, int> _totals = new(StringComparer.Ordinal);

    /// <summary>Counts an association.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="owner">The owner of the association.</param>
    /// <param name="perOwner">The most that an owner may have there.</param>
    /// <param name="total">The most that the inbound may have.</param>
    public bool TryEnter(string inbound, object owner, int perOwner, int total)
    {
        lock (_lock)
        {
            int mine = _perOwner.GetValueOrDefault((inbound, owner));
            int all = _totals.GetValueOrDefault(inbound);
            if (mine >= perOwner || all >= total) return false;
            _perOwner[(inbound, owner)] = mine + 1;
            _totals[inbound] = all + 1;
            return true;
        }
    }

    /// <summary>Uncounts an association that was counted.</summary>
    public void Leave(string inbound, object owner)
    {
        lock (_lock)
        {
            Decrement(_perOwner, (inbound, owner));
            Decrement(_totals, inbound);
        }
    }

    private static void Decrement<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (--counts[key] == 0) counts.Remove(key);
    }
}
