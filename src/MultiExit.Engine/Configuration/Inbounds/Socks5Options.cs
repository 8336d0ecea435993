using System.Net;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>What a SOCKS5 (or mixed) inbound offers beside CONNECT.</summary>
public sealed record Socks5Options
{
    internal static readonly DurationRange UdpIdleTimeoutRange = new("udp_idle_timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
    internal static readonly IntegerRange UdpPerUserRange = new("udp_per_user", 1, 65535);
    internal static readonly IntegerRange UdpTotalRange = new("udp_total", 1, 1_000_000);
    internal static readonly DurationRange BindTimeoutRange = new("bind_timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));

    /// <summary>UDP ASSOCIATE (key <c>udp</c>, default true).</summary>
    public bool Udp { get; init; } = true;

    /// <summary>The address sent to clients as BND.ADDR of an association (key <c>udp_address</c>), for a server behind NAT.
    /// Null: the address the client came in on.</summary>
    public IPAddress? UdpAddress { get; init; }

    /// <summary>How long an association without datagrams is kept (key <c>udp_idle_timeout</c>, 1 s to 24 h, default 2 min).</summary>
    public TimeSpan UdpIdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The most associations of one user, or of one client where there are no users (key <c>udp_per_user</c>, 1 to 65535, default 64).</summary>
    public int UdpPerUser { get; init; } = 64;

    /// <summary>The most associations of the inbound (key <c>udp_total</c>, 1 to 1000000, default 4096).</summary>
    public int UdpTotal { get; init; } = 4096;

    /// <summary>BIND (key <c>bind</c>, default false): lets clients open a listening port on this host.</summary>
    public bool Bind { get; init; }

    /// <summary>How long BIND waits for the peer (key <c>bind_timeout</c>, 1 s to 24 h, default 2 min).</summary>
    public TimeSpan BindTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>SOCKS4 and SOCKS4A beside SOCKS5, told apart by the first byte (key <c>socks4</c>, default false).</summary>
    public bool Socks4 { get; init; }

    internal void Check(ValueCheck check)
    {
        check.Check(UdpIdleTimeoutRange, UdpIdleTimeout);
        check.Check(UdpPerUserRange, UdpPerUser);
        check.Check(UdpTotalRange, UdpTotal);
        check.Check(BindTimeoutRange, BindTimeout);
    }
}
