using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the nodes that the running servers know.</summary>
public sealed class NodeNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetStatusAsync)?.Fleet?.Nodes ?? [])
                .Select(node => (node.Name, Tip: $"{node.State} in the fleet of {server.Name}")))
            .DistinctBy(node => node.Name, StringComparer.Ordinal);
}
