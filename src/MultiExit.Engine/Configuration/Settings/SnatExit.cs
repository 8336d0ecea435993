using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>A direct exit with a mark and a routing table of its own.</summary>
/// <param name="Name">The exit.</param>
/// <param name="Address">The address targets see; null: the system's choice on the interface.</param>
/// <param name="Gateway">The gateway of its table; null: the destinations are on the link itself.</param>
/// <param name="Interface">The interface its packets leave by.</param>
/// <param name="Mark">The firewall mark.</param>
/// <param name="Table">The routing table.</param>
internal sealed record SnatExit(string Name, IPAddress? Address, IPAddress? Gateway, string Interface, int Mark, int Table)
{
    public bool IsIpv6 => (Address ?? Gateway)!.AddressFamily == AddressFamily.InterNetworkV6;
}
