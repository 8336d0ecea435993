using System.Management.Automation.Runspaces;
using MultiExit.Engine.Remote;

namespace MultiExit;

/// <summary>The hosts that Connect-MxServer has connected, by name. Shared by all runspaces of the process; safe for concurrent use.</summary>
internal static class RemoteHosts
{
    private static readonly Lock Gate = new();
    private static readonly SortedDictionary<string, (RemoteHost Host, Guid Owner)> Hosts = new(StringComparer.OrdinalIgnoreCase);
    private static bool _isWatched;

    /// <summary>The hosts, by name.</summary>
    public static RemoteHost[] All()
    {
        lock (Gate) return [.. Hosts.Values.Select(each => each.Host)];
    }

    /// <summary>The servers of all hosts. One has the name of its host where it is alone there, HOST/SERVER where there are several.</summary>
    public static RunningServer[] Servers() => [.. All().SelectMany(ServersOf)];

    /// <summary>The servers of a host.</summary>
    public static IEnumerable<RunningServer> ServersOf(RemoteHost host)
    {
        string name = host.Target.Host;
        return host.Servers.Count == 1
            ? [new RunningServer(name, host, host.Servers[0])]
            : host.Servers.Select(server => new RunningServer($"{name}/{server}", host, server));
    }

    /// <summary>Lists a host, in the place of an earlier connection to it.</summary>
    public static void Add(RemoteHost host)
    {
        RemoteHost? earlier;
        lock (Gate)
        {
            earlier = Hosts.TryGetValue(host.Target.Host, out (RemoteHost Host, Guid Owner) known) ? known.Host : null;
            Hosts[host.Target.Host] = (host, Runspace.DefaultRunspace?.InstanceId ?? Guid.Empty);
            if (!_isWatched) AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(_ => true);
            _isWatched = true;
        }
        earlier?.Dispose();
    }

    /// <summary>Ends the connection to a host.</summary>
    public static void Remove(RemoteHost host)
    {
        lock (Gate)
        {
            if (Hosts.TryGetValue(host.Target.Host, out (RemoteHost Host, Guid Owner) known) && ReferenceEquals(known.Host, host))
                Hosts.Remove(host.Target.Host);
        }
        host.Dispose();
    }

    /// <summary>Ends the connections that a runspace has made.</summary>
    public static void RemoveOf(Guid owner) => Remove(known => known == owner);

    private static void Remove(Func<Guid, bool> isWanted)
    {
        (RemoteHost Host, Guid Owner)[] wanted;
        lock (Gate) wanted = [.. Hosts.Values.Where(each => isWanted(each.Owner))];
        foreach ((RemoteHost host, _) in wanted) Remove(host);
    }
}
