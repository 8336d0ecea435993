using System.Globalization;

namespace MultiExit;

/// <summary>The servers of this process, by name. Shared by all its runspaces; safe for concurrent use.</summary>
internal static class ServerRegistry
{
    private static readonly Lock Gate = new();
    // Null: the name is reserved for a server that is being started.
    private static readonly SortedDictionary<string, RunningServer?> Servers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes a name for a server that is to be started.</summary>
    /// <returns>Null when a server of that name runs, or is being started.</returns>
    public static NameReservation? TryReserve(string name)
    {
        lock (Gate)
        {
            if (IsTaken(name)) return null;
            Servers[name] = null;
            return new NameReservation(name);
        }
    }

    /// <summary>Takes the first of <c>name</c>, <c>name-2</c>, <c>name-3</c>, ... that is free.</summary>
    public static NameReservation ReserveFree(string name)
    {
        lock (Gate)
        {
            string candidate = name;
            for (int n = 2; IsTaken(candidate); n++)
                candidate = string.Create(CultureInfo.InvariantCulture, $"{name}-{n}");
            Servers[candidate] = null;
            return new NameReservation(candidate);
        }
    }

    /// <summary>The servers that this session reaches by name alone: those of this process, and those of the connected hosts.</summary>
    public static RunningServer[] Reached() => [.. All(), .. RemoteHosts.Servers()];

    /// <summary>The servers of this process that have not ended, by name.</summary>
    public static RunningServer[] All()
    {
        lock (Gate)
            return [.. Servers.Values.OfType<RunningServer>().Where(server => !server.HasEnded)];
    }

    /// <summary>Lists a server under the name that was reserved for it until the server has ended, for whatever reason it ends.</summary>
    internal static void Add(RunningServer server)
    {
        lock (Gate)
            Servers[server.Name] = server;
        _ = server.Managed.Completion.ContinueWith(_ => Remove(server), TaskScheduler.Default);
    }

    /// <summary>Frees a name whose server was not started.</summary>
    internal static void Release(string name)
    {
        lock (Gate)
            Servers.Remove(name);
    }

    private static void Remove(RunningServer server)
    {
        lock (Gate)
        {
            if (Servers.TryGetValue(server.Name, out RunningServer? present) && ReferenceEquals(present, server)) Servers.Remove(server.Name);
        }
    }

    private static bool IsTaken(string name) => (Servers.TryGetValue(name, out RunningServer? server) && server?.HasEnded != true)
        || RemoteHosts.All().Any(host => string.Equals(host.Target.Host, name, StringComparison.OrdinalIgnoreCase));
}
