using System.Net;
using MultiExit.Engine.Routing.RuleSets;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>sets</c>: the destination is in one of the rule sets, by its name or by its address. A set that was never had makes no rule
/// match that depends on it.</summary>
internal sealed class SetCondition(IEnumerable<RuleSet> sets, bool sniffed) : Condition("sets")
{
    private readonly RuleSet[] _sets = [.. sets];

    public override bool UsesAddresses => Array.Exists(_sets, set => set.Content is { Networks: > 0 });

    public override Truth Test(in RouteMatch match)
    {
        if (match.Lacks(Unknowns.Destination)) return Truth.Unknown;
        Truth most = Truth.No;
        foreach (RuleSet set in _sets)
        {
            Truth truth = Test(set.Content, match);
            if (truth == Truth.Yes) return Truth.Yes;
            if (truth > most) most = truth;
        }
        return most;
    }

    public override string Why(in RouteMatch match, Truth truth)
    {
        if (truth == Truth.No) return $"sets: {match.Destination.Host} is in none";
        if (Array.Find(_sets, set => set.Content is null) is { } missing)
            return $"sets: {missing.Config.Name} was not had yet{(missing.Fault is { } fault ? $": {fault.Reason}" : "")}";
        if (!match.Destination.IsDomain) return "sets: the destination is an address; the name is known when the client has sent its first bytes";
        return match.NoAddresses is { } problem
            ? $"sets: {match.Destination.Host} does not resolve: {problem}"
            : $"sets: the addresses of {match.Destination.Host} are not known; resolve it to know";
    }

    public override string? Hit(in RouteMatch match)
    {
        foreach (RuleSet set in _sets)
        {
            if (set.Content is not { } content || Test(content, match) != Truth.Yes) continue;
            if (match.Destination.IsDomain && content.Find(match.Destination.Host) is var (line, text)) return $"sets: {set.Config.Name}, line {line}: {text}";
            IEnumerable<IPAddress> addresses = match.Destination.Address is { } only ? [only] : match.Addresses ?? [];
            foreach (IPAddress address in addresses)
                if (content.Find(address) is { } found) return $"sets: {set.Config.Name}, line {found}, has {address}";
        }
        return null;
    }

    private Truth Test(RuleSetContent? content, in RouteMatch match)
    {
        if (content is null) return Truth.Unknown;
        if (match.Destination.Address is { } only)
        {
            if (content.Contains(only)) return Truth.Yes;
            return !sniffed ? Truth.No : match.Request.Sniffed is not { } name ? Truth.Unknown : Of(name.Length > 0 && content.Contains(name));
        }
        if (content.Contains(match.Destination.Host)) return Truth.Yes;
        if (content.Networks == 0) return Truth.No;
        if (match.Addresses is not { } addresses) return Truth.Unknown;
        for (int i = 0; i < addresses.Count; i++)
            if (content.Contains(addresses[i])) return Truth.Yes;
        return Truth.No;
    }
}
