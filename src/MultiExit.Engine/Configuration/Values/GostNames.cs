namespace MultiExit.Engine.Configuration.Values;

/// <summary>Schemes, transports, strategies and options of gost's URLs that are not ours: what they stand for here, or what there is in their
/// place.</summary>
internal static class GostNames
{
    private static readonly (string[] Names, string Instead)[] Refused =
    [
        (["relay"], "between two of ours tunnel:// does its job"),
        (["mtls", "mtcp", "mws", "mwss", "h2", "h2c", "http2", "grpc", "pht", "phts"], "tunnel:// carries many connections in one with TLS"),
        (["kcp", "quic", "http3", "h3", "wt", "masque", "dtls", "icmp", "icmp6"], "carriers are TCP here; tunnel:// carries many connections in one with TLS"),
        (["obfs4", "ohttp", "otls", "ftcp"], "tunnel:// and ech-tunnel:// hide what they carry in TLS"),
        (["ssh", "sshd", "forward"], "tunnel:// is a tunnel with a key, and `ssh -D` beside us gives a socks5 exit"),
        (["ssu"], "ss:// carries datagrams as well"),
        (["rtcp", "rudp"], "ports are forwarded from the side that listens: tcp://listen/target or udp://listen/target there"),
        (["red", "redir", "redirect", "redu", "tproxy"], "an inbound `type: transparent` of a document takes redirected connections, and no URL stands for it"),
        (["tun", "tap", "tungo"], "there is no network interface; clients use a proxy or a forwarded port"),
        (["dns"], "names are looked up by `dns.doh` of a document, and udp://listen/resolver:53 forwards queries"),
        (["sni"], "tcp://listen/target forwards connections, and `sniff` of rules looks at their names"),
        (["file", "serial", "unix", "router", "virtual"], "there is nothing like it"),
    ];

    private static readonly Dictionary<string, string> Strategies = new(StringComparer.Ordinal)
    {
        ["round"] = "round_robin",
        ["rr"] = "round_robin",
        ["rand"] = "random",
        ["fifo"] = "failover",
        ["ha"] = "failover",
        ["hash"] = "sticky",
    };

    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["bypass"] = "`routes` of a document say which exit is for which destination",
        ["dns"] = "`dns.doh` of a document is the resolver",
        ["probe_resist"] = "`fallback` of a tunnel:// inbound is what a prober sees",
        ["knock"] = "`fallback` of a tunnel:// inbound is what a prober sees",
        ["max_fails"] = "`health` of exits and groups of a document says when one is taken out",
        ["fail_timeout"] = "`health` of exits and groups of a document says when one is tried again",
        ["whitelist"] = "`routes` of a document allow and refuse destinations",
        ["blacklist"] = "`routes` of a document allow and refuse destinations",
        ["plugin"] = "plugins are not started here",
        ["mbind"] = "it is part of gost's tunnels",
    };

    // They say how sockets, buffers and counters are set up, and nothing of who is served, and what.
    private static readonly string[] HarmlessMetadata =
    [
        "backlog", "buffersize", "connecttimeout", "dialtimeout", "enablestats", "handshaketimeout", "keepalive", "keepaliveinterval", "keepaliveperiod",
        "keepalivetimeout", "nodelay", "observeperiod", "readbuffersize", "readqueuesize", "readtimeout", "udpbuffersize", "udpdataqueuesize",
        "writebuffersize", "writetimeout",
    ];

    /// <summary>Why a scheme is refused; null when it is not known to be one of gost's.</summary>
    public static string? RefusalOf(string scheme, string? transport)
    {
        if (transport is "ws" or "wss")
        {
            return "asks for another protocol inside a WebSocket, as gost has it, which is not spoken here; expected ws:// or wss:// (a WebSocket for each "
                + "connection), ech-tunnel:// (many connections in one WebSocket) or tunnel://";
        }
        foreach (string? name in (ReadOnlySpan<string?>)[scheme, transport])
        {
            if (name is not null && Array.Find(Refused, line => line.Names.Contains(name, StringComparer.Ordinal)).Instead is { } instead)
                return $"asks for gost's {name}, which is not spoken here; {instead}";
        }
        return null;
    }

    /// <summary>A strategy by its name here.</summary>
    public static string StrategyOf(string name) => Strategies.GetValueOrDefault(name, name);

    /// <summary>Why an option is refused; null when it is not known to be one of gost's.</summary>
    public static string? OptionRefusal(string option) =>
        Options.TryGetValue(option, out string? instead) ? $"an option of gost that is none here; {instead}" : null;

    /// <summary>Why a key of gost's <c>metadata</c> is refused: it is a refused option, in whichever case it is written, or may be one that changes what
    /// is served; null when it is known to change nothing of that.</summary>
    public static string? MetadataRefusal(string key)
    {
        string plain = Plain(key);
        if (plain == "proberesistance") plain = "proberesist";
        if (Options.Keys.FirstOrDefault(name => Plain(name) == plain) is { } option) return OptionRefusal(option);
        return HarmlessMetadata.Contains(plain, StringComparer.Ordinal) ? null
            : "an option of gost that is none here; leave it out if it changes nothing of what is served";
    }

    // Names there have any case, and some have two forms: probe_resist, probeResist.
    private static string Plain(string key) =>
        string.Concat(key.Where(letter => letter is not ('_' or '-')).Select(char.ToLowerInvariant));
}
