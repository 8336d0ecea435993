using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <content>What all nodes of the fleet have.</content>
public sealed partial class ControlClient
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeAnswer<SessionRecord>>> GetFleetSessionsAsync(FleetQuery query, CancellationToken cancellationToken = default) =>
        AskNodesAsync(QuestionKinds.Sessions, query, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeAnswer<UserStatus>>> GetFleetUsersAsync(FleetQuery query, CancellationToken cancellationToken = default) =>
        AskNodesAsync(QuestionKinds.Users, query, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeAnswer<ExitStatus>>> GetFleetExitsAsync(FleetQuery query, CancellationToken cancellationToken = default) =>
        AskNodesAsync(QuestionKinds.Exits, query, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeAnswer<TrafficRow>>> FindFleetTrafficAsync(TrafficQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskAsync<IReadOnlyList<NodeAnswer<TrafficRow>>>(
            HttpMethod.Get, TrafficResource.TargetOf(query, ofFleet: true), null, SearchTimeout, cancellationToken);
    }

    // Nodes have seconds, and others may be asking them.
    private Task<IReadOnlyList<NodeAnswer<T>>> AskNodesAsync<T>(QuestionKind<FleetQuery, T> kind, FleetQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskAsync<IReadOnlyList<NodeAnswer<T>>>(HttpMethod.Get, FleetResource.TargetOf(kind, query), null, SearchTimeout, cancellationToken);
    }
}
