using System.Collections;
using MultiExit.Engine.Errors;

namespace MultiExit;

/// <summary>Completes the names of the fleets that the running servers are in.</summary>
public sealed class FleetNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .Select(server => (Server: server, Ask(server.Control.GetStatusAsync)?.Fleet))
            .Where(asked => asked.Fleet is not null)
            .Select(asked => (Name: asked.Fleet!.Fleet, Tip: $"{CountText.Of(asked.Fleet.Nodes.Count, "node")}, {asked.Server.Name} among them"))
            .DistinctBy(fleet => fleet.Name, StringComparer.Ordinal);
}
