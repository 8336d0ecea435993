using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Configuration;

/// <summary>Secrets that belong to URLs and do not stand in them, where histories and lists of processes would show them.</summary>
public sealed record UrlSecrets
{
    /// <summary>The user that every listen URL whose type takes logins asks for (socks5, http, mixed, websocket); null: those of the URLs.</summary>
    public UserConfig? ListenLogin { get; init; }

    /// <summary>The user at the upstream proxy (socks5, http, websocket); null: that of the URL.</summary>
    public UserConfig? ForwardLogin { get; init; }

    /// <summary>The pre-shared key of every <c>tunnel://</c> URL; null: those of the URLs.</summary>
    public Secret? TunnelKey { get; init; }
}
