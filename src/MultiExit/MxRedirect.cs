using System.Net;
using MultiExit.Engine.Provisioning;

namespace MultiExit;

/// <summary>A transparent inbound that the firewall leads packets of a network to, and what the system has for it.</summary>
public sealed class MxRedirect
{
    internal MxRedirect(string path, string config, RedirectInboundStatus inbound)
    {
        Path = path;
        Config = config;
        Inbound = inbound.Name;
        Mode = inbound.Mode.ToString();
        Listen = inbound.Listen;
        From = [.. inbound.From];
        Ports = [.. inbound.Ports];
        Udp = inbound.Udp;
        Mark = inbound.Mark;
        Table = inbound.Table;
        IsApplied = inbound.IsApplied;
        Reason = inbound.Reason;
    }

    /// <summary>The configuration file.</summary>
    public string Path { get; }

    /// <summary>The configuration's name; the set-up belongs to it.</summary>
    public string Config { get; }

    /// <summary>The inbound.</summary>
    public string Inbound { get; }

    /// <summary>How packets are handed to it: <c>Redirect</c> or <c>Tproxy</c>.</summary>
    public string Mode { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Listen { get; }

    /// <summary>The interfaces and networks of its clients.</summary>
    public string[] From { get; }

    /// <summary>The ports of destinations that are caught, each a port or a range; empty: all.</summary>
    public string[] Ports { get; }

    /// <summary>Whether datagrams are caught as well.</summary>
    public bool Udp { get; }

    /// <summary>The mark of the packets; null: they get none.</summary>
    public int? Mark { get; }

    /// <summary>The routing table that leads them to this host; null: none is needed.</summary>
    public int? Table { get; }

    /// <summary>Whether the system is set up for the inbound; null: it could not be looked at.</summary>
    public bool? IsApplied { get; }

    /// <summary>Why it is not, or could not be looked at.</summary>
    public string? Reason { get; }
}
