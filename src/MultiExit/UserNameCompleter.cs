using System.Collections;

namespace MultiExit;

/// <summary>Completes the names of the users of the running servers.</summary>
public sealed class UserNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetUsersAsync) ?? []).Select(user => (user.Name, Tip: $"user of {server.Name}")))
            .DistinctBy(user => user.Name, StringComparer.Ordinal);
}
