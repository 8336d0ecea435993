using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the groups of the running servers.</summary>
public sealed class GroupNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        All(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetGroupsAsync) ?? []).Select(group => (group.Name, Tip: $"{group.Strategy} of {server.Name}")))
            .DistinctBy(group => group.Name, StringComparer.Ordinal);
}
