using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>What all nodes of the fleet have, asked now.</summary>
internal sealed class FleetResource(IServerControl server) : IControlResource
{
    private const string Sessions = "sessions", Users = "users", Exits = "exits", Traffic = "traffic";

    private const string User = "user";
    private const string Inbound = "inbound";
    private const string Exit = "exit";
    private const string Destination = "destination";

    private const string Pattern = "* stands for any characters, ? for one.";

    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<NodeAnswer<SessionRecord>>>(PathOf(Sessions), "The live sessions of each node of the fleet, newest first.",
            new(User, $"The user; {Pattern}"), new(Inbound, $"The inbound; {Pattern}"), new(Exit, $"The exit; {Pattern}"),
            new(Destination, $"The destination, host:port; {Pattern}")),
        ControlRoute.Get<IReadOnlyList<NodeAnswer<UserStatus>>>(PathOf(Users), "The users of each node of the fleet.",
            new ControlParameter(User, $"The user; {Pattern}")),
        ControlRoute.Get<IReadOnlyList<NodeAnswer<ExitStatus>>>(PathOf(Exits),
            "The exits and groups of each node of the fleet, and exits that are members of groups at run time.",
            new ControlParameter(Exit, $"The exit, which comes with its groups; {Pattern}")),
        ControlRoute.Get<IReadOnlyList<NodeAnswer<TrafficRow>>>(PathOf(Traffic), "What went through each node of the fleet.", TrafficResource.Parameters),
    ];

    public IReadOnlyList<ControlRoute> Routes => Table;

    /// <summary>The target that asks for one of them.</summary>
    public static string TargetOf(QuestionKind kind, FleetQuery query) => ControlQuery.Target(PathOf(kind.Name)[1..],
        (User, query.User), (Inbound, query.Inbound), (Exit, query.Exit), (Destination, query.Destination));

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request) => request.Path[1] switch
    {
        Sessions => ControlAnswer.Ok(
            await server.GetFleetSessionsAsync(Read(request, User, Inbound, Exit, Destination), request.Closing).ConfigureAwait(false)),
        Users => ControlAnswer.Ok(await server.GetFleetUsersAsync(Read(request, User), request.Closing).ConfigureAwait(false)),
        Exits => ControlAnswer.Ok(await server.GetFleetExitsAsync(Read(request, Exit), request.Closing).ConfigureAwait(false)),
        _ => ControlAnswer.Ok(await server.FindFleetTrafficAsync(TrafficResource.Read(request), request.Closing).ConfigureAwait(false)),
    };

    private static string PathOf(string name) => $"/fleet/{name}";

    private static FleetQuery Read(ControlRequest request, params string[] names)
    {
        ControlQuery query = request.Query(names);
        FleetQuery asked = new() { User = query.Text(User), Inbound = query.Text(Inbound), Exit = query.Text(Exit), Destination = query.Text(Destination) };
        return asked.IsValid ? asked : throw new FormatException($"a parameter has {FleetQuery.MaxLength} characters at most");
    }
}
