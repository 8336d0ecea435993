using System.Net;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>What the firewall catches for a transparent inbound. Never caught, whatever stands here: packets to this host itself, to groups and to
/// everybody (broadcast), packets that this host sends, and those that answer a connection.</summary>
public sealed record RedirectConfig
{
    /// <summary>The mark of TPROXY's packets and the table that leads them to this host, where none is named.</summary>
    public const int DefaultNumber = 19800;

    // What packets of others hardly ever have; the tables 253 to 255 are the system's (ip-route(8)).
    internal static readonly IntegerRange MarkRange = new("mark", 1, int.MaxValue);
    internal static readonly IntegerRange TableRange = new("table", 256, int.MaxValue);

    /// <summary>The networks that clients have their addresses in (key <c>from</c>).</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>The interfaces that clients come in by (key <c>from</c>).</summary>
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    /// <summary>The ports of destinations that are caught; empty: all.</summary>
    public IReadOnlyList<PortRange> Ports { get; init; } = [];

    /// <summary>The networks of destinations that are left alone.</summary>
    public IReadOnlyList<IPNetwork> Except { get; init; } = [];

    /// <summary>The mark that TPROXY's packets get, so that they are led to this host; 1 to 2147483647, default 19800.</summary>
    public int Mark { get; init; } = DefaultNumber;

    /// <summary>The routing table that leads them there; 256 to 2147483647, default 19800.</summary>
    public int Table { get; init; } = DefaultNumber;

    internal void Check(ValueCheck check)
    {
        check.Check(MarkRange, Mark);
        check.Check(TableRange, Table);
    }
}
