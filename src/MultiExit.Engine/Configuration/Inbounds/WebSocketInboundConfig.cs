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

    /// <summary>Whether every client is answered once the dial is over (key <c>true_answers</c>, default false: those that offer the extension
    /// for half-close are, others are sent 101 before it, and a close frame when it fails).</summary>
    public bool TrueAnswers { get; init; }

    /// <summary>Signs of life.</summary>
    public WebSocketPing Ping { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<UserConfig> Accounts => Users;

    internal override void Check(ValueCheck check) => Ping.Check(check);
}
