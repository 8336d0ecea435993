namespace MultiExit;

/// <summary>The servers of this process, by name. Shared by all its runspaces; safe for concurrent use.</summary>
internal static class ServerRegistry
{
    private static readonly Lock Gate = new();
    private static readonly SortedDictionary<string, RunningServer> Servers = new(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string name)
    {
        lock (Gate)
            return Servers.TryGetValue(name, out RunningServer? server) && !server.Managed.Gateway.Completion.IsCompleted;
    }

    /// <returns>False when a server of that name runs.</returns>
    public static bool TryAdd(RunningServer server)
    {
        lock (Gate)
        {
            if (Contains(server.Name))
                return false;
            Servers[server.Name] = server;
            return true;
        }
    }

    public static void Remove(RunningServer server)
    {
        lock (Gate)
        {
            if (Servers.TryGetValue(server.Name, out RunningServer? present) && ReferenceEquals(present, server))
                Servers.Remove(server.Name);
        }
    }

    public static RunningServer[] All()
    {
        lock (Gate)
            return [.. Servers.Values];
    }

    /// <summary>The first of <c>name</c>, <c>name-2</c>, <c>name-3</c>, ... that is free.</summary>
    public static string FreeName(string name)
    {
        lock (Gate)
        {
            string candidate = name;
            for (int n = 2; Contains(candidate); n++)
                candidate = $"{name}-{n}";
            return candidate;
        }
    }
}
