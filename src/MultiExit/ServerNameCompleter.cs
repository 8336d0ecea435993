using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the running servers.</summary>
public sealed class ServerNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        All(boundParameters).Select(server =>
            (server.Name, string.Join(", ", Ask(server.Control.GetStatusAsync)?.Listeners.Select(listener => new MxListener(listener).ToString()) ?? [])));
}
