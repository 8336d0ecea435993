using System.Collections;

namespace MultiExit;

/// <summary>Completes the numbers of the live sessions of the running servers.</summary>
public sealed class SessionIdCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        Servers(boundParameters)
            .SelectMany(server => (Ask(server.Control.GetSessionsAsync) ?? [])
                .Select(session => (Name: $"{session.Id}", Tip: new MxSession(server, session).ToString())))
            .DistinctBy(session => session.Name, StringComparer.Ordinal);
}
