using System.Net;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>SOCKS5 and HTTP on one port: the first byte decides.</summary>
public sealed record MixedInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "mixed";

    internal override bool CarriesUdp => Socks5.Udp;

    /// <summary>The SOCKS5 side.</summary>
    public Socks5Options Socks5 { get; init; } = new();

    /// <summary>The HTTP side.</summary>
    public HttpOptions Http { get; init; } = new();

    internal override string? SessionHeader => Http.SessionHeader;

    /// <inheritdoc/>
    public override string? TryCommand(IPEndPoint endPoint) => Curl(Tls is null ? "socks5h" : "https", endPoint);

    internal override void Check(ValueCheck check)
    {
        Socks5.Check(check);
        Http.Check(check);
    }
}
