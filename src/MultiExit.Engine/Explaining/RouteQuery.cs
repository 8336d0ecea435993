using System.Net;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Explaining;

/// <summary>A request whose route is asked for, and that is not made.</summary>
public sealed record RouteQuery
{
    /// <summary>Where it would go.</summary>
    public required Destination Destination { get; init; }

    /// <summary>The inbound it would come in through; null: the only one there is.</summary>
    public string? Inbound { get; init; }

    /// <summary>The user it would be authenticated as; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The client's address; null when it is not known: groups that bind clients may then take any member.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>The address it would come in on; null: that of the listener, and not known where the listener takes all addresses.</summary>
    public IPAddress? Local { get; init; }

    /// <summary>Whether it is about datagrams.</summary>
    public bool Udp { get; init; }

    /// <summary>Whether to look up the destination's name. Without it nothing is sent at all, and rules on networks stay undecided for names.</summary>
    public bool ResolveNames { get; init; }
}
