using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Nodes;

/// <summary>The members of a fleet. All times are those of the store's clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface INodeStore
{
    /// <summary>Makes a server the node of its name. The same server gets the same epoch however often it asks.</summary>
    /// <param name="node">The server.</param>
    /// <param name="above">The epoch to stay above, which this server had when the store was another one or has been restored; 0: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its epoch.</returns>
    Task<long> JoinAsync(NodeEntry node, long above, CancellationToken cancellationToken);

    /// <summary>Says that the server lives.</summary>
    /// <returns>The epoch that the store has for the node: another one than the server's when it is no longer the node; 0: there is no such
    /// node.</returns>
    Task<long> BeatAsync(NodeEntry node, long epoch, CancellationToken cancellationToken);

    /// <summary>Says that the server stops; nothing when it is no longer the node.</summary>
    Task LeaveAsync(NodeEntry node, long epoch, CancellationToken cancellationToken);

    /// <summary>The nodes of a fleet by their names, at most <see cref="FleetTimes.MaxNodes"/>.</summary>
    Task<IReadOnlyList<NodeStatus>> ListAsync(string fleet, CancellationToken cancellationToken);
}
