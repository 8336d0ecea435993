using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>The part of a firewall program's rules that belongs to MultiExit.</summary>
/// <param name="Lines">Chains and rules as text, notes included, in the firewall's order.</param>
/// <param name="Owner">The configuration it belongs to; null when there is no note of it, so that another program made the rules.</param>
/// <param name="Filters">The rp_filter values that removal restores, by interface.</param>
internal sealed record FirewallState(IReadOnlyList<string> Lines, string? Owner, IReadOnlyDictionary<string, string> Filters)
{
    /// <summary>Chains and rules of other programs that see packets before MultiExit's source NAT does.</summary>
    public IReadOnlyList<OtherNat> Before { get; init; } = [];

    /// <summary>Those of them that matter for a plan, with the exit whose packets they see.</summary>
    public IEnumerable<(SnatExit Exit, OtherNat Other)> Overtaking(SnatPlan plan, ICommandRunner system) =>
        from exit in plan.Exits from other in Before where other.Concerns(exit, system) select (exit, other);
}
