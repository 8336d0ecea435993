using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Through another proxy.</summary>
public abstract record ProxyExitConfig : ExitConfig
{
    /// <summary>The proxy.</summary>
    public required Destination Server { get; init; }

    /// <summary>The user name there; null for none.</summary>
    public string? Username { get; init; }

    /// <summary>The password there.</summary>
    public Secret? Password { get; init; }

    /// <summary>TLS to the proxy; null for none.</summary>
    public TlsClientConfig? Tls { get; init; }

    /// <summary>The exit or group through which the proxy itself is reached (key <c>via</c>); null: <c>direct</c>. This is how chains are made.</summary>
    public string? Via { get; init; }

    /// <summary>How long a whole dial may take: reaching the proxy, retries and their pauses, TLS and the answer (key <c>timeout</c>, 10 ms to 1 h);
    /// null: <c>limits.connect_timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a proxy that cannot be reached is tried again (key <c>retries</c>, 0 to 100, default 0).</summary>
    public int Retries { get; init; }

    /// <summary>The header of the PROXY protocol that goes before all else to the proxy (key <c>send_proxy</c>, default none): its source is the client,
    /// its destination the other end.</summary>
    public SendProxy SendProxy { get; init; }

    internal override SendProxy ProxyHeader => SendProxy;

    internal override TimeSpan? DialTimeout => Timeout;

    internal override (Destination Server, string? Via)? Hop => (Server, Via);

    internal override TlsClientConfig? OwnTls => Tls;

    internal override bool HasTls => Tls is not null;

    internal override EchClientConfig? Hiding => Tls?.Ech;

    internal override string? HiddenName => Tls?.Ech is null ? null : Tls.ServerName ?? Server.Host;

    internal override ExitConfig? WithLogin(string name, Secret password) => this with { Username = name, Password = password };

    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Check(TimeoutRange, Timeout);
        check.Check(RetriesRange, Retries);
    }
}
