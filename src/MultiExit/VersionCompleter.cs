using System.Collections;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;

namespace MultiExit;

/// <summary>Completes the numbers of the versions of a configuration, the newest first: those of a folder, or of the running servers.</summary>
public sealed class VersionCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        (boundParameters["HistoryPath"] is { } folder ? Texts(folder).SelectMany(Resolve).SelectMany(InFolder)
            : Servers(boundParameters, "Name").SelectMany(server => Ask(server.Control.GetVersionsAsync) ?? []))
        .OrderByDescending(version => version.Number)
        .Select(version => (Name: $"{version.Number}", Tip: $"{TableText.Time(version.Time)} {version.Who} {version.Why} {version.Outcome}"))
        .DistinctBy(version => version.Name, StringComparer.Ordinal);

    private static IReadOnlyList<ConfigVersion> InFolder(string folder)
    {
        try
        {
            return ConfigHistory.List(folder);
        }
        catch (Exception exception) when (exception is ProxyException or IOException or UnauthorizedAccessException)
        {
            return []; // nothing is offered where nothing can be seen
        }
    }
}
