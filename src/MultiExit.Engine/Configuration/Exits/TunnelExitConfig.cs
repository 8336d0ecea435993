using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>The client side of the tunnel (multiexit-proxy).</summary>
public sealed record TunnelExitConfig : ExitConfig
{
    internal static readonly IntegerRange CarriersRange = new("carriers", 1, 64);

    /// <inheritdoc/>
    public override string Type => "tunnel";

    /// <summary>The server (key <c>server</c>, port 443 when it has none).</summary>
    public required Destination Server { get; init; }

    /// <summary>The pre-shared key (key <c>key</c>, the first one of a list).</summary>
    public required Secret Key { get; init; }

    /// <summary>The user that the key belongs to at the server (key <c>user</c>); null where it is common to all. For people: it is shown, and never
    /// sent, since the key itself says it.</summary>
    public string? User { get; init; }

    /// <summary>The method (key <c>method</c>, default <c>chacha20-poly1305</c>).</summary>
    public TunnelMethodName Method { get; init; } = TunnelMethodName.ChaCha20Poly1305;

    /// <summary>The names to show as SNI, one drawn for each carrier (key <c>sni</c> for one, <c>fake_snis</c> for several). None: the server's host.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary>The SHA-256 of certificates (key <c>pin</c>, <c>sha256:</c> and 64 hexadecimal digits, at most 16), one of which the server must
    /// have. Empty: it is not pinned.</summary>
    public IReadOnlyList<string> Pins { get; init; } = [];

    /// <summary>A CA file (key <c>ca</c>, PEM, absolute) that must have issued the certificate; null for none.</summary>
    public string? CaFile { get; init; }

    /// <summary>The name that the certificate must be for where it is checked, and the own certificate (keys of <c>tls</c>); null: the server's host,
    /// and none.</summary>
    public TlsClientConfig? Tls { get; init; }

    /// <summary>Hides the server's name (key <c>ech</c>); null: the name is visible.</summary>
    public EchClientConfig? Ech { get; init; }

    /// <summary>Whether to ask for padded frames (key <c>padding</c>, default false).</summary>
    public bool Padding { get; init; }

    /// <summary>The longest random pause before bytes are sent (key <c>delay</c>, 0 s to 1 s, default 0).</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The most carriers (key <c>carriers</c>, 1 to 64, default 2).</summary>
    public int Carriers { get; init; } = 2;

    /// <summary>How long a carrier may be silent before it is asked for a sign of life (key <c>ping_interval</c>, 100 ms to 1 h, default 15 s).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer may take (key <c>ping_timeout</c>, 100 ms to 1 h, default 10 s).</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The exit or group through which the server is reached (key <c>via</c>); null: <c>direct</c>.</summary>
    public string? Via { get; init; }

    /// <summary>How long a dial may take, and opening a carrier (key <c>timeout</c>, 10 ms to 1 h); null: <c>limits.connect_timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    internal override TimeSpan? DialTimeout => Timeout;

    internal override (Destination Server, string? Via)? Hop => (Server, Via);

    internal override TlsClientConfig? OwnTls => Tls;

    internal override bool HasTls => true;

    internal override EchClientConfig? Hiding => Ech;

    internal override string? HiddenName => Ech is null ? null : ServerNames.Count > 0 ? ServerNames[0] : Server.Host;

    internal override ExitConfig WithOneCarrier() => this with { Carriers = 1 };

    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Check(TunnelInboundConfig.DelayRange, Delay);
        check.Check(CarriersRange, Carriers);
        check.Check(WebSocketPing.IntervalRange, PingInterval);
        check.Check(WebSocketPing.TimeoutRange, PingTimeout);
        check.Check(TimeoutRange, Timeout);
    }
}
