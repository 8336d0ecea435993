using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>What all nodes of the fleet have: this one says it itself, the others are asked over the store.</content>
public sealed partial class ManagedServer
{
    Task<IReadOnlyList<NodeAnswer<SessionRecord>>> IServerControl.GetFleetSessionsAsync(FleetQuery query, CancellationToken cancellationToken) =>
        AskNodesAsync(QuestionKinds.Sessions, Checked(query), cancellationToken);

    Task<IReadOnlyList<NodeAnswer<UserStatus>>> IServerControl.GetFleetUsersAsync(FleetQuery query, CancellationToken cancellationToken) =>
        AskNodesAsync(QuestionKinds.Users, Checked(query), cancellationToken);

    Task<IReadOnlyList<NodeAnswer<ExitStatus>>> IServerControl.GetFleetExitsAsync(FleetQuery query, CancellationToken cancellationToken) =>
        AskNodesAsync(QuestionKinds.Exits, Checked(query), cancellationToken);

    Task<IReadOnlyList<NodeAnswer<TrafficRow>>> IServerControl.FindFleetTrafficAsync(TrafficQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskNodesAsync(QuestionKinds.Traffic, query, cancellationToken);
    }

    private async Task<IReadOnlyList<NodeAnswer<TItem>>> AskNodesAsync<TFilter, TItem>(
        QuestionKind<TFilter, TItem> kind, TFilter filter, CancellationToken cancellationToken)
        where TFilter : class
    {
        Task<IReadOnlyList<NodeReply>> others = Gateway.AskNodesAsync(kind.Ask(filter), cancellationToken);
        string self = Gateway.Config.Fleet?.Node ?? "";
        NodeAnswer<TItem> own;
        try
        {
            own = new NodeAnswer<TItem>(self, NodeAnswerState.Answered, await kind.FindAsync(this, filter, cancellationToken).ConfigureAwait(false));
        }
        catch (ProxyException exception)
        {
            own = new NodeAnswer<TItem>(self, NodeAnswerState.Failed, []) { Reason = exception.Message };
        }
        return [.. (await others.ConfigureAwait(false)).Select(kind.Read).Append(own).OrderBy(answer => answer.Node, StringComparer.Ordinal)];
    }

    private static FleetQuery Checked(FleetQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.IsValid ? query : throw NotValid($"what is asked for has {FleetQuery.MaxLength} characters at most");
    }
}
