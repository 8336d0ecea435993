using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the inbounds of the running servers.</summary>
public sealed class InboundNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => Ask(server.Control.GetStatusAsync)?.Listeners.Select(listener => (Name: listener.Inbound, Tip: $"{listener.Type} of {server.Name}")) ?? [])
            .DistinctBy(inbound => inbound.Name, StringComparer.Ordinal);
}
