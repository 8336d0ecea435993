using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <content>Servers as nodes of fleets.</content>
public abstract partial class ServerCommand
{
    /// <summary>For each fleet of these names one of the servers that is a node of it, one that reaches the store before others; a name without wildcards that
    /// no server is a node of is an error of its own.</summary>
    private protected IReadOnlyList<(RunningServer Server, FleetStatus Fleet)> FindFleets(NamePattern[] fleets, NamePattern[] servers)
    {
        List<(RunningServer Server, FleetStatus Fleet)> all = [];
        AskServers(servers, (server, token) => server.Control.GetStatusAsync(token), (server, status) =>
        {
            if (status.Fleet is { } fleet) all.Add((server, fleet));
        });
        List<(RunningServer Server, FleetStatus Fleet)> found = [];
        foreach (NamePattern name in fleets)
        {
            (RunningServer Server, FleetStatus Fleet)[] nodes = name.Choose(all, item => item.Fleet.Fleet);
            found.AddRange(nodes.OrderByDescending(item => item.Fleet is { Reachable: true, Superseded: false })
                .DistinctBy(item => item.Fleet.Fleet, StringComparer.Ordinal));
            if (nodes.Length == 0 && !name.IsWildcard && !IsUnreachable)
            {
                WriteError(NewError("FleetNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"None of the running servers asked for is a node of the fleet '{name.Text}'.{name.Hint}"));
            }
        }
        return [.. found.DistinctBy(item => item.Fleet.Fleet, StringComparer.Ordinal)];
    }
}
