using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>The server side of the ECH tunnel (ech-tunnel): many sessions over a few WebSocket connections. Without
/// <see cref="InboundConfig.Tls"/> it is <c>ws</c>, with it <c>wss</c> (TLS 1.3 only).</summary>
public sealed record EchTunnelInboundConfig : InboundConfig
{
    internal static readonly IntegerRange MaxStreamsRange = new("max_streams", 1, 65536);

    /// <inheritdoc/>
    public override string Type => "ech-tunnel";

    internal override bool CarriesUdp => true;

    internal override bool Takes(string credential) =>
        credential.StartsWith("token:", StringComparison.Ordinal) || credential.StartsWith("network:", StringComparison.Ordinal);

    /// <summary>The path of the upgrade request (key <c>path</c>, default <c>/</c>); another one is answered with 404.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The tokens that clients may give as their subprotocol (key <c>token</c>, at most 16); another one, or none, is answered with 401.
    /// Empty, and no users: any client is served.</summary>
    public IReadOnlyList<Secret> Tokens { get; init; } = [];

    /// <summary>The origins of web pages that may come in (key <c>origins</c>), as browsers write them in the field <c>Origin</c>:
    /// <c>https://app.example</c>, or <c>*</c> for all. A request with another one is answered with 403; one without the field is no page's.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>The most live sessions of a carrier (key <c>max_streams</c>, 1 to 65536, default 4096).</summary>
    public int MaxStreams { get; init; } = 4096;

    internal override bool OnlyTls13 => true;

    internal override bool AnswersThoseOutsideAllow => true;

    internal override bool IsOpenToPages => AsksNothing && (Tokens.Count == 0 || !HasNoUsers);

    internal override IReadOnlyList<string> PageOrigins => Origins;

    internal override void Check(ValueCheck check)
    {
        check.Check(MaxStreamsRange, MaxStreams);
        WebOrigin.Check(check, Origins);
    }
}
