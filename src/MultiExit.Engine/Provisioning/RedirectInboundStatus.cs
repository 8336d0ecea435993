using System.Net;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Provisioning;

/// <summary>A transparent inbound as planned, and whether the system is set up for it.</summary>
/// <param name="Name">The inbound.</param>
/// <param name="Mode">How packets are handed to it.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="From">The interfaces and networks of its clients.</param>
/// <param name="Ports">The ports of destinations that are caught, each a port or a range; empty: all.</param>
/// <param name="Udp">Whether datagrams are caught as well.</param>
/// <param name="Mark">The mark of the packets; null: they get none.</param>
/// <param name="Table">The routing table that leads them to this host; null: none is needed.</param>
/// <param name="IsApplied">Whether the system is set up for it; null: it could not be looked at.</param>
/// <param name="Reason">Why it is not, or could not be looked at; null when it is.</param>
public sealed record RedirectInboundStatus(
    string Name, TransparentMode Mode, IPEndPoint Listen, IReadOnlyList<string> From, IReadOnlyList<string> Ports, bool Udp, int? Mark, int? Table,
    bool? IsApplied, string? Reason);
