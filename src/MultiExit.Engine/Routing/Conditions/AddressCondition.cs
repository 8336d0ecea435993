using System.Net;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary>A condition on the destination's address. For a name it holds when it does for one of its addresses; a name without any makes
/// no rule match that depends on them.</summary>
/// <param name="key">Its key.</param>
internal abstract class AddressCondition(string key) : Condition(key)
{
    // As many as a person reads in a line.
    private const int MaxShown = 5;

    public override bool UsesAddresses => true;

    public override Truth Test(in RouteMatch match)
    {
        if (match.Lacks(Unknowns.Destination)) return Truth.Unknown;
        if (match.Destination.Address is { } only) return Test(only);
        if (match.Addresses is not { } addresses) return Truth.Unknown;
        Truth most = Truth.No;
        for (int i = 0; i < addresses.Count && most != Truth.Yes; i++)
            if (Test(addresses[i]) is var truth && truth > most) most = truth;
        return most;
    }

    public override string Why(in RouteMatch match, Truth truth)
    {
        string host = match.Destination.Host;
        if (match.Destination.Address is { } only) return $"{Key}: {None([only])}";
        if (match.NoAddresses is { } problem) return $"{Key}: {host} does not resolve: {problem}";
        if (match.Addresses is not { } addresses) return $"{Key}: the addresses of {host} are not known; resolve it to know";
        string shown = string.Join(", ", addresses.Take(MaxShown));
        return $"{Key}: {host} is {shown}{(addresses.Count > MaxShown ? $" and {addresses.Count - MaxShown} more" : "")}, {NoneOf(addresses)}";
    }

    /// <summary>Tests one address.</summary>
    protected abstract Truth Test(IPAddress address);

    /// <summary>For an explanation: the end of a sentence on addresses for which it does not hold.</summary>
    protected virtual string NoneOf(IReadOnlyList<IPAddress> addresses) => "in none";

    private string None(IPAddress[] addresses) => $"{addresses[0]} is {NoneOf(addresses)}";
}
