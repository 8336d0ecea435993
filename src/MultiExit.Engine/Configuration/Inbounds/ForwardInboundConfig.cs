using System.Net;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A port that forwards every connection, or every datagram, to one target.</summary>
public sealed record ForwardInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "forward";

    /// <summary>What it takes (key <c>network</c>, default <c>tcp</c>).</summary>
    public ForwardNetwork Network { get; init; }

    internal override bool CarriesUdp => Network != ForwardNetwork.Tcp;

    internal override bool CarriesTcp => Network != ForwardNetwork.Udp;

    internal override bool Takes(string credential) => credential.StartsWith("network:", StringComparison.Ordinal);

    /// <summary>The target of every connection and datagram.</summary>
    public required Destination Target { get; init; }

    /// <summary>How long a client's association without datagrams is kept (key <c>udp_idle_timeout</c>, 1 s to 24 h, default 2 min).</summary>
    public TimeSpan UdpIdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The most associations of one client's address (key <c>udp_per_user</c>, 1 to 65535, default 64). Each of its ports has its own.</summary>
    public int UdpPerUser { get; init; } = 64;

    /// <summary>The most associations of the inbound (key <c>udp_total</c>, 1 to 1000000, default 4096).</summary>
    public int UdpTotal { get; init; } = 4096;

    internal override Destination? OnlyTarget => Target;

    /// <summary>What is wrong with TLS beside <see cref="Network"/>; null when they fit.</summary>
    internal string? Contradiction => Tls is not null && CarriesUdp ? "`tls` is for connections; expected `network: tcp`, or an inbound for each" : null;

    internal override void Check(ValueCheck check)
    {
        check.Check(Socks5Options.UdpIdleTimeoutRange, UdpIdleTimeout);
        check.Check(Socks5Options.UdpPerUserRange, UdpPerUser);
        check.Check(Socks5Options.UdpTotalRange, UdpTotal);
        check.Add("tls", Contradiction);
    }

    /// <inheritdoc/>
    public override string? TryCommand(IPEndPoint endPoint) => Tls is null && CarriesTcp ? $"curl http://{endPoint}/" : null;
}
