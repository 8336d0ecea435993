namespace MultiExit.Engine.Fleet.Shares;

/// <summary>Divides a limit among nodes: max-min fairness. No node gets more of what is scarce while another one has less than it and wants more.</summary>
internal static class FairShares
{
    /// <summary>The share of one node. All nodes that know the same come to shares whose sum is the limit.</summary>
    /// <param name="limit">What is divided; 0 or more.</param>
    /// <param name="own">The node.</param>
    /// <param name="demands">What each node wants, by its name; what wants nothing gets nothing, and what is left when all have what they want is divided
    /// evenly.</param>
    public static long Of(long limit, string own, IReadOnlyDictionary<string, long> demands)
    {
        // In the order of the names, where a limit cannot be divided evenly, so that all nodes give the rest to the same ones.
        (string Node, long Demand)[] asking = [.. demands.Where(demand => demand.Value > 0).Select(demand => (demand.Key, demand.Value))
            .OrderBy(demand => demand.Value).ThenBy(demand => demand.Key, StringComparer.Ordinal)];
        long left = limit, share = 0;
        for (int i = 0; i < asking.Length; i++)
        {
            long given = Math.Min(asking[i].Demand, PartOf(left, asking.Length - i));
            if (asking[i].Node == own) share = given;
            left -= given;
        }
        for (int i = 0; i < asking.Length; i++)
        {
            long given = PartOf(left, asking.Length - i);
            if (asking[i].Node == own) return share + given;
            left -= given;
        }
        return 0;
    }

    private static long PartOf(long amount, int parts) => amount / parts + (amount % parts > 0 ? 1 : 0);
}
