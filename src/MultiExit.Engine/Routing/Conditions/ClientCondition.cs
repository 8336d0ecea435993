using System.Net;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>clients</c>: the client's address is in one of the networks.</summary>
internal sealed class ClientCondition(IEnumerable<IPNetwork> networks) : Condition("clients")
{
    private readonly AddressPrefixSet _networks = new(networks);

    public override Truth Test(in RouteMatch match) =>
        match.Lacks(Unknowns.Client) ? Truth.Unknown : Of(_networks.Contains(match.Request.Client.Address));

    public override string Why(in RouteMatch match, Truth truth) => truth == Truth.Unknown
        ? "clients: the client's address is not known; name it to know"
        : $"clients: {match.Request.Client.Address} is in none";
}
