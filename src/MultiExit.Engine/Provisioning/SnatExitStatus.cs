using System.Net;

namespace MultiExit.Engine.Provisioning;

/// <summary>A direct exit as planned, and whether the system is set up for it.</summary>
/// <param name="Name">The exit.</param>
/// <param name="Address">The address targets see; null: the system's choice on the interface.</param>
/// <param name="IsOnHost">Whether that address is on this host; where it is not, only source NAT can put it into packets.</param>
/// <param name="Gateway">The gateway of its table; null: the destinations are on the link itself.</param>
/// <param name="Interface">The interface its packets leave by.</param>
/// <param name="Mark">The firewall mark.</param>
/// <param name="Table">The routing table.</param>
/// <param name="IsApplied">Whether the system is set up for it; null: it could not be looked at.</param>
/// <param name="Reason">Why it is not, or could not be looked at; null when it is.</param>
public sealed record SnatExitStatus(
    string Name, IPAddress? Address, bool IsOnHost, IPAddress? Gateway, string Interface, int Mark, int Table, bool? IsApplied, string? Reason);
