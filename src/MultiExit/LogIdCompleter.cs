using System.Collections;
using MultiExit.Engine.Diagnostics;

namespace MultiExit;

/// <summary>Completes the ids of the messages that the running servers have in memory; the newest message of each is the tip.</summary>
public sealed class LogIdCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters, "Name")
            .SelectMany(server => Ask(token => server.Control.GetLogAsync(new LogQuery(), token)) ?? [])
            .GroupBy(entry => entry.Id, StringComparer.Ordinal)
            .OrderBy(entries => entries.Key, StringComparer.Ordinal)
            .Select(entries => (entries.Key, entries.Last().Message));
}
