using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the exits and groups of the running servers.</summary>
public sealed class ExitNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetExitsAsync) ?? []).Select(exit => (exit.Name, Tip: $"{exit.Type} of {server.Name}")))
            .DistinctBy(exit => exit.Name, StringComparer.Ordinal);
}
