using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A WebSocket proxy: one connection to a target in each WebSocket (docs/protocols.md).</summary>
public sealed record WebSocketInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "websocket";

    internal override bool CarriesUdp => false;

    /// <summary>Users; none means no authentication.</summary>
    public IReadOnlyList<UserConfig> Users { get; init; } = [];

    /// <summary>Signs of life.</summary>
    public WebSocketPing Ping { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<UserConfig> Accounts => Users;

    internal override void Check(ValueCheck check) => Ping.Check(check);
}
