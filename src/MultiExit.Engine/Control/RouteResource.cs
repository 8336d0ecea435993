using MultiExit.Engine.Explaining;

namespace MultiExit.Engine.Control;

/// <summary>Which way a connection would take.</summary>
internal sealed class RouteResource(IServerControl server) : IControlResource
{
    private const string Destination = "destination";
    private const string Inbound = "inbound";
    private const string User = "user";
    private const string Client = "client";
    private const string Local = "local";
    private const string Network = "network";
    private const string Resolve = "resolve";

    public string Paths => "/route";

    /// <summary>The target that asks for it.</summary>
    public static string TargetOf(RouteQuery query) => ControlQuery.Target("route",
        (Destination, query.Destination.ToString()), (Inbound, query.Inbound), (User, query.User), (Client, query.Client?.ToString()),
        (Local, query.Local?.ToString()), (Network, query.Udp ? "udp" : null), (Resolve, query.ResolveNames ? "true" : null));

    public string? Methods(string[] path) => path is ["route"] ? "GET, HEAD" : null;

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
