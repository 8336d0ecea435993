namespace MultiExit.Engine.Provisioning;

/// <summary>What a firewall program has of ours.</summary>
/// <param name="Lines">Chains and rules as text, notes included, in the firewall's order.</param>
/// <param name="Owner">The configuration it belongs to; null when it does not say, so that it is not ours after all.</param>
/// <param name="Filters">The rp_filter values that removal restores, by interface.</param>
internal sealed record FirewallState(IReadOnlyList<string> Lines, string? Owner, IReadOnlyDictionary<string, string> Filters);
