using System.Collections;
using MultiExit.Engine.Configuration;

namespace MultiExit;

/// <summary>Completes the names of the inbounds of the running servers, or of a configuration file that is named beside them.</summary>
public sealed class InboundNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        (boundParameters["Config"] is { } file ? Texts(file).SelectMany(Resolve).SelectMany(InFile) : OfServers(boundParameters))
        .DistinctBy(inbound => inbound.Name, StringComparer.Ordinal);

    private static IEnumerable<(string Name, string Tip)> OfServers(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => Ask(server.Control.GetStatusAsync)?.Listeners
                .Select(listener => (listener.Inbound, $"{listener.Type} of {server.Name}")) ?? []);

    private static IEnumerable<(string Name, string Tip)> InFile(string path) =>
        ConfigLoader.LoadFile(path).Config?.Inbounds.Select(inbound => (inbound.Name, $"{inbound.Type} of {Path.GetFileName(path)}")) ?? [];
}
