using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the running servers.</summary>
public sealed class ServerNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        All(boundParameters).Select(server => (server.Name, TipOf(server)));

    // A server of another host is not asked: many names are offered at once.
    private static string TipOf(RunningServer server) =>
        server.Host is not null ? $"a server of the host {server.Host.Target.Host}"
            : string.Join(", ", Ask(server.Control.GetStatusAsync)?.Listeners.Select(listener => new MxListener(listener).ToString()) ?? []);
}
