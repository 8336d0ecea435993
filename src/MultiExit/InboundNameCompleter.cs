using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the inbounds of the running servers.</summary>
public sealed class InboundNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => server.Managed.Gateway.Config.Inbounds.Select(inbound => (inbound.Name, Tip: $"{inbound.Type} of {server.Name}")))
            .DistinctBy(inbound => inbound.Name, StringComparer.Ordinal);
}
