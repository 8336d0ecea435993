using System.Net;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing;

/// <summary>The route of a request.</summary>
/// <param name="Exit">The exit or group.</param>
/// <param name="RuleIndex">The rule that matched, from 0; null for the default.</param>
/// <param name="ResolvedAddresses">The destination's addresses where a rule had to look at them; the exit dials these,
/// so that the addresses that were checked are the ones connected to.</param>
internal sealed record Route(IExit Exit, int? RuleIndex, IReadOnlyList<IPAddress>? ResolvedAddresses)
{
    /// <summary>Why this request is refused, by its user or its own choice; its exit is one of its own, which refuses it. Null: it goes to the exit.</summary>
    public string? Refusal { get; init; }
}
