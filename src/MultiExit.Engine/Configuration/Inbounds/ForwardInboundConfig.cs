using System.Net;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A port that forwards every connection to one target.</summary>
public sealed record ForwardInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "forward";

    internal override bool CarriesUdp => false;

    internal override bool Takes(string credential) => credential.StartsWith("network:", StringComparison.Ordinal);

    /// <summary>The target of every connection.</summary>
    public required Destination Target { get; init; }

    internal override Destination? OnlyTarget => Target;

    /// <inheritdoc/>
    public override string? TryCommand(IPEndPoint endPoint) => Tls is null ? $"curl http://{endPoint}/" : null;
}
