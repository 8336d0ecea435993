using System.Net;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A SOCKS5 inbound (RFC 1928, 1929).</summary>
public sealed record Socks5InboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "socks5";

    internal override bool CarriesUdp => Socks5.Udp;

    /// <summary>SOCKS5 commands beyond CONNECT.</summary>
    public Socks5Options Socks5 { get; init; } = new();

    /// <inheritdoc/>
    public override string? TryCommand(IPEndPoint endPoint) => Tls is null ? Curl("socks5h", endPoint) : null;

    internal override void Check(ValueCheck check) => Socks5.Check(check);
}
