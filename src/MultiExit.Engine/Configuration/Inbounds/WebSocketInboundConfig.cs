using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A WebSocket proxy: one connection to a target in each WebSocket (docs/protocols.md).</summary>
public sealed record WebSocketInboundConfig : InboundConfig
{
    /// <inheritdoc/>
    public override string Type => "websocket";

    internal override bool CarriesUdp => false;

    internal override bool Takes(string credential) => base.Takes(credential) || credential.StartsWith("token:", StringComparison.Ordinal);

    /// <summary>Whether every client is answered once the dial is over (key <c>true_answers</c>, default false). By default only clients that offer
    /// the extension for half-close are; the others are sent 101 before the dial, and a close frame when it fails.</summary>
    public bool TrueAnswers { get; init; }

    /// <summary>The origins of web pages that may come in (key <c>origins</c>), as browsers write them in the field <c>Origin</c>:
    /// <c>https://app.example</c>, or <c>*</c> for all. A request with another one is answered with 403; one without the field is no page's.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Signs of life.</summary>
    public WebSocketPing Ping { get; init; } = new();

    internal override bool IsOpenToPages => AsksNothing;

    internal override IReadOnlyList<string> PageOrigins => Origins;

    internal override void Check(ValueCheck check)
    {
        Ping.Check(check);
        WebOrigin.Check(check, Origins);
    }
}
