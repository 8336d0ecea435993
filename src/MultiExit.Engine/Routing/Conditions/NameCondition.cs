namespace MultiExit.Engine.Routing.Conditions;

/// <summary>A condition on the destination's name. It does not hold for an address, unless the client's first bytes have a name.</summary>
/// <param name="key">Its key.</param>
/// <param name="sniffed">Whether the name in the client's first bytes counts where it asked for an address.</param>
internal abstract class NameCondition(string key, bool sniffed) : Condition(key)
{
    public sealed override Truth Test(in RouteMatch match)
    {
        if (match.Lacks(Unknowns.Destination)) return Truth.Unknown;
        if (match.Destination.IsDomain) return Of(Holds(match.Destination.Host));
        return !sniffed ? Truth.No : match.Request.Sniffed is not { } name ? Truth.Unknown : Of(name.Length > 0 && Holds(name));
    }

    public override string Why(in RouteMatch match, Truth truth) => match.Destination.IsDomain
        ? $"{Key}: {match.Destination.Host} is none of them"
        : truth == Truth.Unknown ? $"{Key}: the destination is an address; the name is known when the client has sent its first bytes"
        : $"{Key}: the destination is an address, not a name";

    /// <summary>Whether it holds for a name, in the form that every destination has.</summary>
    protected abstract bool Holds(string name);
}
