using System.Collections;

namespace MultiExit;

/// <summary>Completes the addresses of the clients that the running servers have locked out.</summary>
public sealed class LockedClientCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetLockedClientsAsync) ?? [])
                .Select(locked => (Name: locked.Client.ToString(), Tip: $"locked out of {server.Name} until {TableText.Time(locked.Until)}")))
            .DistinctBy(client => client.Name, StringComparer.Ordinal);
}
