using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>protocols</c>: the request is for a TCP connection, or for datagrams.</summary>
internal sealed class ProtocolCondition(IReadOnlyCollection<RouteProtocol> protocols) : Condition("protocols")
{
    private readonly bool _tcp = protocols.Contains(RouteProtocol.Tcp);
    private readonly bool _udp = protocols.Contains(RouteProtocol.Udp);

    public override Truth Test(in RouteMatch match) => Of(match.Request.Network == Network.Udp ? _udp : _tcp);

    public override string Why(in RouteMatch match, Truth truth) => $"protocols: it is {(match.Request.Network == Network.Udp ? "udp" : "tcp")}";
}
