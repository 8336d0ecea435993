using System.Collections.Concurrent;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>The servers in other processes that are of another version than this module, by their sockets.</summary>
internal static class ServerVersions
{
    private const int MostServers = 1000;

    private static readonly ConcurrentDictionary<string, (string Name, string Version, string Socket)> Others = new(StringComparer.Ordinal);

    /// <summary>The version of this module.</summary>
    public static string Module => EngineVersion.Text;

    /// <summary>Notes what a server says of itself.</summary>
    public static void Note(string socket, ServerStatus status)
    {
        // What it says becomes part of a sentence and of a command.
        if (!NameText.IsValid(status.Name)) return;
        // A server that does not say is an older one.
        string version = status.Version is { Length: <= 64 } said && !said.Any(char.IsControl) ? said : "an earlier time";
        if (string.Equals(version, Module, StringComparison.Ordinal)) Others.TryRemove(socket, out _);
        else if (Others.Count < MostServers) Others[socket] = (status.Name, version, socket);
    }

    /// <summary>One of another version that a command line names, by its socket or name.</summary>
    public static (string Name, string Version, string Socket)? Differing(string line)
    {
        foreach ((string name, string version, string socket) in Others.Values)
            if (line.Contains(socket, StringComparison.Ordinal) || line.Split([' ', ',', '\'', '"']).Contains(name, StringComparer.OrdinalIgnoreCase))
                return (name, version, socket);
        return null;
    }
}
