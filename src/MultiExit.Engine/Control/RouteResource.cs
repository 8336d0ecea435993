using MultiExit.Engine.Explaining;

namespace MultiExit.Engine.Control;

/// <summary>Which way a connection would take.</summary>
internal sealed class RouteResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<RouteExplanation>("/route", "Which way a connection would take and why.",
            new(Destination, "host:port", IsRequired: true), new(Inbound, "The inbound."), new(User, "The user."), new(Client, "The client's address."),
            new(Local, "The address that it comes in on."), new(Network, "tcp or udp."), new(Resolve, "true: the destination's name is looked up.")),
    ];

    private const string Destination = "destination";
    private const string Inbound = "inbound";
    private const string User = "user";
    private const string Client = "client";
    private const string Local = "local";
    private const string Network = "network";
    private const string Resolve = "resolve";

    /// <summary>The target that asks for it.</summary>
    public static string TargetOf(RouteQuery query) => ControlQuery.Target("route",
        (Destination, query.Destination.ToString()), (Inbound, query.Inbound), (User, query.User), (Client, query.Client?.ToString()),
        (Local, query.Local?.ToString()), (Network, query.Udp ? "udp" : null), (Resolve, query.ResolveNames ? "true" : null));

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        ControlQuery query = request.Query(Destination, Inbound, User, Client, Local, Network, Resolve);
        RouteQuery asked = new()
        {
            Destination = query.Destination(Destination) ?? throw new FormatException($"the parameter {Destination} is missing; expected host:port"),
            Inbound = query.Text(Inbound), User = query.Text(User), Client = query.Address(Client), Local = query.Address(Local),
            Udp = query.Choice(Network, "tcp", "udp"), ResolveNames = query.Choice(Resolve, "false", "true"),
        };
        return ControlAnswer.Ok(await server.ExplainRouteAsync(asked).ConfigureAwait(false));
    }
}
