using System.Collections;

namespace MultiExit;

/// <summary>Completes the destinations of the live sessions of the running servers.</summary>
public sealed class DestinationCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetSessionsAsync) ?? [])
                .Select(session => (Name: session.Destination, Tip: $"of a session of {server.Name}")))
            .DistinctBy(session => session.Name, StringComparer.Ordinal);
}
