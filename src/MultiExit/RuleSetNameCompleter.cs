using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the rule sets of the running servers.</summary>
public sealed class RuleSetNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetRuleSetsAsync) ?? []).Select(set => (set.Name, Tip: $"{set.Source} of {server.Name}")))
            .DistinctBy(set => set.Name, StringComparer.Ordinal);
}
