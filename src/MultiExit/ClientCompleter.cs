using System.Collections;

namespace MultiExit;

/// <summary>Completes the addresses of the clients with live sessions on the running servers.</summary>
public sealed class ClientCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetSessionsAsync) ?? [])
                .Select(session => (Name: session.Client.Address.ToString(), Tip: $"has a session on {server.Name}")))
            .DistinctBy(client => client.Name, StringComparer.Ordinal);
}
