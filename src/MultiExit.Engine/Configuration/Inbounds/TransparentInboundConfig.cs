using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A port that takes what clients send to others, as the firewall of this host catches it: the gateway of a network. Linux only.</summary>
public sealed record TransparentInboundConfig : InboundConfig
{
    internal static readonly DurationRange UdpIdleTimeoutRange = new("udp_idle_timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));

    /// <inheritdoc/>
    public override string Type => "transparent";

    /// <summary>How the firewall hands connections to it (key <c>mode</c>, default <c>redirect</c>).</summary>
    public TransparentMode Mode { get; init; }

    /// <summary>Whether it takes datagrams as well (key <c>udp</c>, default false); only with <see cref="TransparentMode.Tproxy"/>.</summary>
    public bool Udp { get; init; }

    /// <summary>How long a client without datagrams is remembered (key <c>udp_idle_timeout</c>, 1 s to 24 h, default 1 min).</summary>
    public TimeSpan UdpIdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most associations of one user, or of one client where there are no users (key <c>udp_per_user</c>, 1 to 65535, default 1024). Each port
    /// of a client has its own.</summary>
    public int UdpPerUser { get; init; } = 1024;

    /// <summary>The most associations of the inbound (key <c>udp_total</c>, 1 to 1000000, default 8192).</summary>
    public int UdpTotal { get; init; } = 8192;

    /// <summary>What <c>multiexit redirect apply</c> has the firewall catch (key <c>redirect</c>); null: rules are made by other means.</summary>
    public RedirectConfig? Redirect { get; init; }

    internal override bool CarriesUdp => Udp;

    internal override bool Takes(string credential) => credential.StartsWith("network:", StringComparison.Ordinal);

    // A page reaches it as it reaches any address, where the firewall leads there: a listener on a loopback address says nothing about its clients.
    internal override bool TrustsLoopback => false;

    internal override void Check(ValueCheck check)
    {
        check.Check(UdpIdleTimeoutRange, UdpIdleTimeout);
        check.Check(Socks5Options.UdpPerUserRange, UdpPerUser);
        check.Check(Socks5Options.UdpTotalRange, UdpTotal);
        Redirect?.Check(check);
    }
}
