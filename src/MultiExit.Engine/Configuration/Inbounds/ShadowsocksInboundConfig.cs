using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A Shadowsocks server (SIP004, SIP007, SIP022, SIP023). It has no TLS: the protocol encrypts by itself.</summary>
public sealed record ShadowsocksInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "shadowsocks";

    internal override bool CarriesUdp => Udp;

    internal override bool Takes(string credential) =>
        credential.StartsWith(KnowsUsersByKey(Method) ? "psk:" : "network:", StringComparison.Ordinal);

    /// <summary>The method (key <c>method</c>), as of <see cref="Exits.ShadowsocksExitConfig.Method"/>.</summary>
    public required string Method { get; init; }

    /// <summary>The password that all clients have (key <c>password</c>); of the methods of 2022 the key as base64. Where users have keys of their own,
    /// it is that of the identity headers (SIP023).</summary>
    public required Secret Password { get; init; }

    /// <summary>Whether datagrams are taken too, on the same port number (key <c>udp</c>, default true, but false with
    /// <c>2022-blake3-chacha20-poly1305</c>, whose datagrams are not spoken).</summary>
    public bool Udp { get; init; } = true;

    /// <summary>How long an association without datagrams is kept (key <c>udp_idle_timeout</c>, 1 s to 24 h, default 2 min).</summary>
    public TimeSpan UdpIdleTimeout { get; init; } = new Socks5Options().UdpIdleTimeout;

    /// <summary>The most associations of one user, or of one client where there are no users (key <c>udp_per_user</c>, 1 to 65535, default 64).</summary>
    public int UdpPerUser { get; init; } = new Socks5Options().UdpPerUser;

    /// <summary>The most associations of the inbound (key <c>udp_total</c>, 1 to 1000000, default 4096).</summary>
    public int UdpTotal { get; init; } = new Socks5Options().UdpTotal;

    /// <summary>Whether users are known by keys of their own: the method has identity headers.</summary>
    internal static bool KnowsUsersByKey(string method) => ShadowsocksMethods.Find(method) is { } known && known.HasIdentities();

    // What is sealed with another key, they could not read.
    internal override bool KeepsDatagramClientsOf(InboundConfig earlier) =>
        earlier is ShadowsocksInboundConfig server && server.Method == Method && server.Password.Equals(Password);

    internal override void Check(ValueCheck check)
    {
        check.Check(Socks5Options.UdpIdleTimeoutRange, UdpIdleTimeout);
        check.Check(Socks5Options.UdpPerUserRange, UdpPerUser);
        check.Check(Socks5Options.UdpTotalRange, UdpTotal);
    }
}
