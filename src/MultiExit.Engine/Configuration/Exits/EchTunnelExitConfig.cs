using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>The client side of the ECH tunnel (ech-tunnel).</summary>
public sealed record EchTunnelExitConfig : ExitConfig
{
    internal static readonly IntegerRange CarriersRange = new("carriers", 1, 64);

    /// <inheritdoc/>
    public override string Type => "ech-tunnel";

    /// <summary>The server (key <c>server</c>, <c>ws://host:port/path</c> or <c>wss://...</c>; port 80 or 443 when it has none).</summary>
    public required Destination Server { get; init; }

    /// <summary>The path and query of the URL.</summary>
    public string Path { get; init; } = "/";

    /// <summary>TLS to the server; null for <c>ws</c>.</summary>
    public TlsClientConfig? Tls { get; init; }

    /// <summary>The token that is sent to the server as the subprotocol (key <c>token</c>, the first one of a list); null for none.</summary>
    public Secret? Token { get; init; }

    /// <summary>The addresses to dial in place of the server's name (key <c>addresses</c>), each with as many carriers as <see cref="Carriers"/>
    /// says. Empty: the name is resolved.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>How many carriers are kept open to each address (key <c>carriers</c>, 1 to 64, of all addresses together, default 3).</summary>
    public int Carriers { get; init; } = 3;

    /// <summary>Whether the plain format is spoken to MultiExit servers as well (key <c>format: plain</c>, default <c>auto</c>).</summary>
    public bool PlainOnly { get; init; }

    /// <summary>How often a carrier is pinged (key <c>ping_interval</c>, 100 ms to 1 h, default 10 s).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer may take (key <c>ping_timeout</c>, 100 ms to 1 h, default 10 s).</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The exit or group through which the server is reached (key <c>via</c>); null: <c>direct</c>.</summary>
    public string? Via { get; init; }

    /// <summary>How long a dial may take, and opening a carrier (key <c>timeout</c>, 10 ms to 1 h); null: <c>limits.connect_timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    internal override TimeSpan? DialTimeout => Timeout;

    internal override (Destination Server, string? Via)? Hop => (Server, Via);

    internal override TlsClientConfig? OwnTls => Tls;

    internal override bool HasTls => Tls is not null;

    internal override EchClientConfig? Hiding => Tls?.Ech;

    internal override string? HiddenName => Tls?.Ech is null || Addresses.Count > 0 ? null : Tls.ServerName ?? Server.Host;

    internal override ExitConfig WithOneCarrier() => this with { Carriers = 1 };

    /// <summary>What is wrong with <see cref="Carriers"/> beside <see cref="Addresses"/>; null when they fit.</summary>
    internal string? Contradiction => Carriers * Addresses.Count <= CarriersRange.Max ? null
        : $"{CountText.Of(Addresses.Count, "address")} with {CountText.Of(Carriers, "carrier")} each; expected {CarriersRange.Max} carriers at most";

    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Check(CarriersRange, Carriers);
        check.Check(WebSocketPing.IntervalRange, PingInterval);
        check.Check(WebSocketPing.TimeoutRange, PingTimeout);
        check.Check(TimeoutRange, Timeout);
        check.Add("addresses", Contradiction);
    }
}
