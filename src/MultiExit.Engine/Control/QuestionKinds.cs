using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>All that a node of a fleet may be asked.</summary>
internal static class QuestionKinds
{
    /// <summary>The live sessions, newest first.</summary>
    public static QuestionKind<FleetQuery, SessionRecord> Sessions { get; } = new("sessions", FindSessionsAsync);

    /// <summary>The users.</summary>
    public static QuestionKind<FleetQuery, UserStatus> Users { get; } = new("users", FindUsersAsync);

    /// <summary>The exits and groups, and exits that are members of groups at run time.</summary>
    public static QuestionKind<FleetQuery, ExitStatus> Exits { get; } = new("exits", FindExitsAsync);

    /// <summary>The history of traffic, what has the most bytes first.</summary>
    public static QuestionKind<TrafficQuery, TrafficRow> Traffic { get; } = new("traffic", FindTrafficAsync);

    /// <summary>What a node says to a question that it does not know.</summary>
    public static NodeReply Unknown { get; } = new("", NodeAnswerState.Unknown);

    private static IReadOnlyList<QuestionKind> All { get; } = [Sessions, Users, Exits, Traffic];

    /// <summary>Finds out what a server says to a question of another node.</summary>
    public static Task<NodeReply> AnswerAsync(IServerControl server, FleetQuestion question, CancellationToken cancellationToken) =>
        All.FirstOrDefault(kind => kind.Name == question.Kind)?.AnswerAsync(server, question.Filter, cancellationToken) ?? Task.FromResult(Unknown);

    private static async Task<IReadOnlyList<SessionRecord>> FindSessionsAsync(IServerControl server, FleetQuery query, CancellationToken cancellationToken) =>
        [.. (await server.GetSessionsAsync(cancellationToken).ConfigureAwait(false))
            .Where(session => FleetQuery.Matches(query.User, session.User) && FleetQuery.Matches(query.Inbound, session.Inbound)
                && FleetQuery.Matches(query.Exit, session.Exit) && FleetQuery.Matches(query.Destination, session.Destination))
            .OrderByDescending(session => session.Started)];

    private static async Task<IReadOnlyList<UserStatus>> FindUsersAsync(IServerControl server, FleetQuery query, CancellationToken cancellationToken) =>
        [.. (await server.GetUsersAsync(cancellationToken).ConfigureAwait(false)).Where(user => FleetQuery.Matches(query.User, user.Name))];

    // With the groups of those that are asked for, which say what they are members of.
    private static async Task<IReadOnlyList<ExitStatus>> FindExitsAsync(IServerControl server, FleetQuery query, CancellationToken cancellationToken)
    {
        List<ExitStatus> exits = [.. await server.GetExitsAsync(cancellationToken).ConfigureAwait(false)];
        foreach (GroupStatus group in await server.GetGroupsAsync(cancellationToken).ConfigureAwait(false))
            if (group.Published + group.Listed > 0) exits.AddRange(await server.GetMembersAsync(group.Name, cancellationToken).ConfigureAwait(false));
        return [.. exits.Where(exit => FleetQuery.Matches(query.Exit, exit.Name) || exit.Members.Any(member => FleetQuery.Matches(query.Exit, member)))];
    }

    private static async Task<IReadOnlyList<TrafficRow>> FindTrafficAsync(IServerControl server, TrafficQuery query, CancellationToken cancellationToken) =>
        [.. (await server.FindTrafficAsync(query, cancellationToken).ConfigureAwait(false)).OrderByDescending(row => row.BytesUp + row.BytesDown)];
}
