using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the exits that are published into groups of the running servers.</summary>
public sealed class MemberNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters)
    {
        NamePattern[] wanted = [.. Texts(boundParameters["Group"]).Select(NamePattern.Typed)];
        return All(boundParameters).SelectMany(server =>
            (Ask(server.Control.GetGroupsAsync) ?? [])
                .Where(group => group.Published > 0 && (wanted.Length == 0 || wanted.Any(name => name.IsMatch(group.Name))))
                .SelectMany(group => (Ask(token => server.Control.GetMembersAsync(group.Name, token)) ?? []).Where(exit => exit.Expires is not null)
                    .Select(exit => (exit.Name, Tip: $"{exit.Type} in {group.Name} of {server.Name}"))))
            .DistinctBy(exit => exit.Name, StringComparer.Ordinal);
    }
}
