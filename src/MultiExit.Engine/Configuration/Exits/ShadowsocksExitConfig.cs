using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Through a Shadowsocks server.</summary>
public sealed record ShadowsocksExitConfig : ExitConfig
{
    /// <inheritdoc/>
    public override string Type => "shadowsocks";

    /// <summary>The server (key <c>server</c>).</summary>
    public required Destination Server { get; init; }

    /// <summary>The method (key <c>method</c>): <c>aes-128-gcm</c>, <c>aes-256-gcm</c>, <c>chacha20-ietf-poly1305</c>, <c>2022-blake3-aes-128-gcm</c>,
    /// <c>2022-blake3-aes-256-gcm</c> or <c>2022-blake3-chacha20-poly1305</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The password (key <c>password</c>); of the methods of 2022 the key as base64, with the server's before it and a colon between where the
    /// server has users.</summary>
    public required Secret Password { get; init; }

    /// <summary>The exit or group through which the server is reached (key <c>via</c>); null: <c>direct</c>.</summary>
    public string? Via { get; init; }

    /// <summary>How long a dial may take (key <c>timeout</c>, 10 ms to 1 h); null: <c>limits.connect_timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a server that cannot be reached is tried again (key <c>retries</c>, 0 to 100, default 0).</summary>
    public int Retries { get; init; }

    internal override TimeSpan? DialTimeout => Timeout;

    internal override (Destination Server, string? Via)? Hop => (Server, Via);

    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Check(TimeoutRange, Timeout);
        check.Check(RetriesRange, Retries);
    }
}
