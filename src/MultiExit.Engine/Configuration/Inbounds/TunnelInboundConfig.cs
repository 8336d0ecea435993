using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>The server side of the tunnel (multiexit-proxy): many streams over TLS 1.3 connections that a pre-shared key authenticates.
/// <see cref="InboundConfig.Tls"/> is required.</summary>
public sealed record TunnelInboundConfig : InboundConfig
{
    // Bounds the latency that a configuration can ask for; no segment waits longer than that.
    internal static readonly DurationRange DelayRange = new("delay", TimeSpan.Zero, TimeSpan.FromSeconds(1));
    internal static readonly RateRange HandshakesPerClientRange = new("handshakes_per_client", 1, 1_000_000);
    internal static readonly RateRange HandshakesRange = new("handshakes", 1, 1_000_000);
    internal static readonly IntegerRange MaxStreamsRange = new("max_streams", 1, 65536);

    /// <summary>The most keys with which the method <c>tls</c> is taken: its frames prove no key, and each key is a further chance to guess the four
    /// bytes of a hello's MAC (docs/decisions/0083).</summary>
    internal const int MaxKeysWithoutAead = 16;

    /// <inheritdoc/>
    public override string Type => "tunnel";

    internal override bool CarriesUdp => true;

    internal override bool Takes(string credential) => credential.StartsWith("key:", StringComparison.Ordinal);

    // Beside a key that all have in common: without a key there is no encryption.
    private protected override bool TakesCertificates => base.TakesCertificates && Keys.Count > 0;

    /// <summary>The pre-shared keys that all clients have in common (key <c>key</c>), up to 16, and one at least where there are no users: each is any
    /// text, or <c>base64:</c> and 32 bytes. A client may have any of them, so that a key can be changed without an outage. Put the new key first;
    /// remove the old one when no client uses it. Users have keys of their own beside them.</summary>
    public required IReadOnlyList<Secret> Keys { get; init; }

    /// <summary>The methods that clients may use (key <c>methods</c>, default all three).</summary>
    public IReadOnlyList<TunnelMethodName> Methods { get; init; } =
        [TunnelMethodName.ChaCha20Poly1305, TunnelMethodName.Aes256Gcm, TunnelMethodName.Tls];

    /// <summary>Whether frames are padded even for clients that do not ask (key <c>padding</c>, default false): 64 bytes a frame on average.</summary>
    public bool Padding { get; init; }

    /// <summary>The longest random pause before bytes are sent (key <c>delay</c>, 0 s to 1 s, default 0): hides the rhythm, costs half of it as
    /// latency.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Where the connections of clients go that do not know the key, with the bytes already read (key <c>fallback</c>): a local web
    /// server. Null: they are read and closed after a random time.</summary>
    public Destination? Fallback { get; init; }

    /// <summary>The most new carriers of one address in a second (key <c>handshakes_per_client</c>, 1 to 1000000, default 20/s, bursts of twice as
    /// many).</summary>
    public int HandshakesPerClient { get; init; } = 20;

    /// <summary>The most new carriers of all in a second (key <c>handshakes</c>, 1 to 1000000, default 500/s, bursts of twice as many).</summary>
    public int Handshakes { get; init; } = 500;

    /// <summary>The most live streams of a carrier (key <c>max_streams</c>, 1 to 65536, default 4096).</summary>
    public int MaxStreams { get; init; } = 4096;

    /// <summary>Whether the method <c>tls</c> is taken by an inbound with so many keys, those of its users with them.</summary>
    internal static bool TakesTlsOnly(int keys) => keys <= MaxKeysWithoutAead;

    // TLS 1.2 leads to the fallback and never into the tunnel.
    internal override bool OnlyTls13 => Fallback is null;

    internal override bool LooksLikeWebServer => Fallback is not null;

    internal override void Check(ValueCheck check)
    {
        check.Check(DelayRange, Delay);
        check.Check(HandshakesPerClientRange, HandshakesPerClient);
        check.Check(HandshakesRange, Handshakes);
        check.Check(MaxStreamsRange, MaxStreams);
    }
}
