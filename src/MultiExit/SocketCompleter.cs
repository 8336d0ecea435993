using System.Collections;

namespace MultiExit;

/// <summary>Completes the control sockets in the folder where services have them.</summary>
public sealed class SocketCompleter : NameCompleter
{
    private const string Folder = "/run/multiexit";

    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Folder, "*.sock").Order(StringComparer.Ordinal).Select(path => (path, ""))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // nothing is offered where nothing can be seen
        }
    }
}
