namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A Lightsocks server: SOCKS5 with each octet replaced by another one. It protects nothing: that hides nothing from whoever looks.</summary>
public sealed record LightsocksInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "lightsocks";

    internal override bool CarriesUdp => false;

    /// <summary>The password (key <c>password</c>): base64 of the numbers 0 to 255 in an order in which none stands at its own place.</summary>
    public required Secret Password { get; init; }
}
