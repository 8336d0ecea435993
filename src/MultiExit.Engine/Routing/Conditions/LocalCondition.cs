using System.Net;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>local_networks</c>: the address that the client came in on is in one of them.</summary>
internal sealed class LocalCondition(IEnumerable<IPNetwork> networks) : Condition("local_networks")
{
    private readonly AddressPrefixSet _networks = new(networks);

    public override Truth Test(in RouteMatch match) =>
        match.Lacks(Unknowns.Local) ? Truth.Unknown : Of(_networks.Contains(match.Request.Local.Address));

    public override string Why(in RouteMatch match, Truth truth) => truth == Truth.Unknown
        ? "local_networks: the address that the client comes in on is not known; name it to know"
        : $"local_networks: it came in on {match.Request.Local.Address}";
}
