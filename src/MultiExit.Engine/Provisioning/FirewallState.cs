using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>What a firewall program has of ours.</summary>
/// <param name="Lines">Chains and rules as text, notes included, in the firewall's order.</param>
/// <param name="Owner">The configuration it belongs to; null when it does not say, so that it is not ours after all.</param>
/// <param name="Filters">The rp_filter values that removal restores, by interface.</param>
internal sealed record FirewallState(IReadOnlyList<string> Lines, string? Owner, IReadOnlyDictionary<string, string> Filters)
{
    /// <summary>What of others sees packets before our source NAT does.</summary>
    public IReadOnlyList<OtherNat> Before { get; init; } = [];

    /// <summary>Those of them that matter for a plan, with the exit whose packets they see.</summary>
    public IEnumerable<(SnatExit Exit, OtherNat Other)> Overtaking(SnatPlan plan, ICommandRunner system) =>
        from exit in plan.Exits from other in Before where other.Concerns(exit, system) select (exit, other);
}
