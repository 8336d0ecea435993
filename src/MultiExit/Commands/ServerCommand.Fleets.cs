using System.Management.Automation;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <content>Servers as nodes of fleets.</content>
public abstract partial class ServerCommand
{
    /// <summary>For each fleet of these names one of the servers that is a node of it, one that reaches the store before others; a name without wildcards that
    /// no server is a node of is an error of its own.</summary>
    private protected IReadOnlyList<(RunningServer Server, FleetStatus Fleet)> FindFleets(NamePattern[] fleets, NamePattern[] servers) =>
        FindFleets(fleets, FindNodes(servers));

    /// <summary>What all nodes of a fleet say, by their names; null: no server is a node of it, or it does not answer, which was an error of its own. A
    /// warning names those that do not say it.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="servers">The servers that may ask its nodes.</param>
    /// <param name="ask">Asks them.</param>
    private protected (FleetNodes Nodes, IReadOnlyList<NodeAnswer<T>> Answers)? AskFleet<T>(
        string fleet, NamePattern[] servers, Func<IServerControl, CancellationToken, Task<IReadOnlyList<NodeAnswer<T>>>> ask)
    {
        List<(RunningServer Server, FleetStatus Fleet)> all = FindNodes(servers);
        if (FindFleets([NamePattern.Literal(fleet)], all) is not [(RunningServer server, FleetStatus status)]) return null;
        IReadOnlyList<NodeAnswer<T>>? answers = null;
        TryServer(server, () => answers = Await(token => ask(server.Control, token)));
        if (answers is null) return null;
        string[] missing = [.. answers.Where(answer => answer.State != NodeAnswerState.Answered)
            .Select(answer => $"{answer.Node} ({answer.Reason})").Distinct(StringComparer.Ordinal)];
        if (missing.Length > 0) WriteWarning($"This is without what these nodes of {fleet} have: {string.Join(", ", missing)}.");
        string[] cut = [.. answers.Where(answer => answer.LeftOut > 0).Select(answer => $"{answer.Node} ({answer.LeftOut} more)")];
        if (cut.Length > 0) WriteWarning($"The answers of these nodes of {fleet} had no room for all that they have: {string.Join(", ", cut)}. Ask for less.");
        return (FleetNodes.Of(server, status, all), answers);
    }

    /// <summary>What nodes are asked for by names, all of which they know; what is written is looked at again here. Null: all.</summary>
    private protected static string? WiderOf(NamePattern[]? names) =>
        names is [var name] && name.Wider is { Length: > 0 and <= FleetQuery.MaxLength } wider ? wider : null;

    /// <summary>An object with a view of its own.</summary>
    private protected static PSObject InView(object item, string view)
    {
        PSObject shown = new(item);
        shown.TypeNames.Insert(0, $"{item.GetType().FullName}#{view}");
        return shown;
    }

    private List<(RunningServer Server, FleetStatus Fleet)> FindNodes(NamePattern[] servers)
    {
        List<(RunningServer Server, FleetStatus Fleet)> all = [];
        AskServers(servers, (server, token) => server.Control.GetStatusAsync(token), (server, status) =>
        {
            if (status.Fleet is { } fleet) all.Add((server, fleet));
        });
        return all;
    }

    private List<(RunningServer Server, FleetStatus Fleet)> FindFleets(
        NamePattern[] fleets, IReadOnlyCollection<(RunningServer Server, FleetStatus Fleet)> all)
    {
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
