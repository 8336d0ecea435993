using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>A plan for redirecting and the present state of the system.</summary>
/// <param name="Inbounds">The inbounds in their order.</param>
/// <param name="Differences">All differences; null: the system could not be looked at.</param>
/// <param name="Failure">Why the system could not be looked at.</param>
public sealed record RedirectStatus(
    IReadOnlyList<RedirectInboundStatus> Inbounds, IReadOnlyList<SetupDifference>? Differences, ProxyException? Failure);
