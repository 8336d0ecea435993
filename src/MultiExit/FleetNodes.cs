using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A fleet, the server that asks its nodes, and those of them that this session reaches.</summary>
/// <param name="Server">The server that asks.</param>
/// <param name="Fleet">The name of the fleet.</param>
/// <param name="Reached">By the names of the nodes, the servers that are them.</param>
internal sealed record FleetNodes(RunningServer Server, string Fleet, IReadOnlyDictionary<string, RunningServer> Reached)
{
    /// <summary>Of the servers of a session and what they know of their fleets.</summary>
    public static FleetNodes Of(RunningServer server, FleetStatus fleet, IEnumerable<(RunningServer Server, FleetStatus Fleet)> all)
    {
        Dictionary<string, RunningServer> reached = new(StringComparer.Ordinal);
        foreach ((RunningServer other, FleetStatus known) in all)
        {
            // Another fleet may have the name in another store, and a node may have been replaced.
            if (known.Fleet == fleet.Fleet && known.Store == fleet.Store && fleet.Nodes.Any(node => node.Name == known.Node && node.Epoch == known.Epoch))
                reached.TryAdd(known.Node, other);
        }
        return new FleetNodes(server, fleet.Fleet, reached);
    }

    /// <summary>Where the objects of a node come from.</summary>
    public ServerOrigin OriginOf(string node) => ServerOrigin.OfNode(Fleet, node, Reached.GetValueOrDefault(node));
}
