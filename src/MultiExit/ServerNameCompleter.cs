using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the running servers.</summary>
public sealed class ServerNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        ServerRegistry.All().Select(server =>
            (server.Name, string.Join(", ", server.Snapshot().Listeners.Select(listener => listener.ToString()))));
}
