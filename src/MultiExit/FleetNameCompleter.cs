using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the fleets that the running servers are nodes of.</summary>
public sealed class FleetNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .Select(server => Ask(server.Control.GetStatusAsync)?.Fleet)
            .Where(fleet => fleet is not null)
            .DistinctBy(fleet => fleet!.Fleet, StringComparer.Ordinal)
            .Select(fleet => (fleet!.Fleet, $"{fleet.Nodes.Count} nodes, {fleet.Store}"));
}
