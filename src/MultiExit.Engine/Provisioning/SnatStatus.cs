using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>A plan and the present state of the system.</summary>
/// <param name="Backend">The firewall program that holds the set-up, or would: <c>nftables</c> or <c>iptables</c>.</param>
/// <param name="Exits">The exits in their order.</param>
/// <param name="Differences">All differences; null: the system could not be looked at.</param>
/// <param name="Failure">Why the system could not be looked at.</param>
public sealed record SnatStatus(
    string Backend, IReadOnlyList<SnatExitStatus> Exits, IReadOnlyList<SetupDifference>? Differences, ProxyException? Failure);
