using System.Net;
using MultiExit.Engine.Provisioning;

namespace MultiExit;

/// <summary>An exit of a configuration with a mark and a routing table of its own, and what the system has for it.</summary>
public sealed class MxSnat
{
    internal MxSnat(string path, string config, string backend, SnatExitStatus exit)
    {
        Path = path;
        Config = config;
        Backend = backend;
        Exit = exit.Name;
        Address = exit.Address;
        IsOnHost = exit.IsOnHost;
        Gateway = exit.Gateway;
        Interface = exit.Interface;
        Mark = exit.Mark;
        Table = exit.Table;
        IsApplied = exit.IsApplied;
        Reason = exit.Reason;
    }

    /// <summary>The configuration file.</summary>
    public string Path { get; }

    /// <summary>The configuration's name; the set-up belongs to it.</summary>
    public string Config { get; }

    /// <summary>The exit.</summary>
    public string Exit { get; }

    /// <summary>The address that targets see; null: the system's choice on the interface.</summary>
    public IPAddress? Address { get; }

    /// <summary>Whether the address is on this host; where it is not, only source NAT puts it into packets.</summary>
    public bool IsOnHost { get; }

    /// <summary>The gateway of the exit's routing table; null: the destinations are on the link itself.</summary>
    public IPAddress? Gateway { get; }

    /// <summary>The interface that packets leave by.</summary>
    public string Interface { get; }

    /// <summary>The firewall mark.</summary>
    public int Mark { get; }

    /// <summary>The routing table.</summary>
    public int Table { get; }

    /// <summary>The firewall program that holds the set-up, or would.</summary>
    public string Backend { get; }

    /// <summary>Whether the system is set up for the exit; null: it could not be looked at.</summary>
    public bool? IsApplied { get; }

    /// <summary>Why it is not, or could not be looked at.</summary>
    public string? Reason { get; }
}
