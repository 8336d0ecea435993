using System.Net;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>networks</c>: the destination's address is in one of them.</summary>
internal sealed class NetworkCondition(IEnumerable<IPNetwork> networks) : AddressCondition("networks")
{
    private readonly AddressPrefixSet _networks = new(networks);

    protected override Truth Test(IPAddress address) => Of(_networks.Contains(address));
}
