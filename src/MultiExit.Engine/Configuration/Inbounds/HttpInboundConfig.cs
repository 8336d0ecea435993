using System.Net;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>An HTTP proxy inbound: CONNECT and absolute-form forwarding (RFC 9110, 9112).</summary>
public sealed record HttpInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "http";

    internal override bool CarriesUdp => false;

    /// <summary>Limits on what a message head may be.</summary>
    public HttpOptions Http { get; init; } = new();

    internal override string? SessionHeader => Http.SessionHeader;

    /// <inheritdoc/>
    public override string? TryCommand(IPEndPoint endPoint) => Curl(Tls is null ? "http" : "https", endPoint);

    internal override void Check(ValueCheck check) => Http.Check(check);
}
