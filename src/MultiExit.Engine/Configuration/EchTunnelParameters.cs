namespace MultiExit.Engine.Configuration;

/// <summary>What ech-tunnel says beside its URLs, on a command line or as parameters. With any of it, <c>ws://</c> and <c>wss://</c> are ECH
/// tunnels; without, the WebSocket proxies of socks5-websocket-proxy.</summary>
public sealed record EchTunnelParameters
{
    /// <summary>The token of both sides (<c>-token</c>); null for none.</summary>
    public Secret? Token { get; init; }

    /// <summary>Where clients may come from (<c>-cidr</c>), networks or lists of them with commas.</summary>
    public IReadOnlyList<string> Cidr { get; init; } = [];

    /// <summary>The certificate chain of the listener, PEM (<c>-cert</c>). Null: <c>wss</c> makes one that signs itself.</summary>
    public string? Certificate { get; init; }

    /// <summary>Its private key, PEM (<c>-key</c>).</summary>
    public string? Key { get; init; }

    /// <summary>Whether the server's name is hidden (ECH); also asked for by <see cref="Doh"/> and <see cref="EchName"/>.</summary>
    public bool Ech { get; init; }

    /// <summary>The DoH resolver that has the server's ECH config (<c>-dns</c>), a URL; <c>https://</c> may be left out, and
    /// with <c>http://</c> the server warns.</summary>
    public string? Doh { get; init; }

    /// <summary>The name whose HTTPS record has the config (<c>-ech</c>); null: the server's own.</summary>
    public string? EchName { get; init; }

    /// <summary>Whether the server's name may be shown when ECH fails (<c>-fallback</c>).</summary>
    public bool EchFallback { get; init; }

    /// <summary>How many carriers each address gets (<c>-n</c>); null: 3.</summary>
    public int? Carriers { get; init; }

    /// <summary>The addresses to dial in place of the server's name (<c>-ip</c>), or lists of them with commas.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
