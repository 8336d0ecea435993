using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Sharing;

/// <summary>The URL that a client of an inbound puts where it asks for its proxy.</summary>
public static class UserUrl
{
    /// <summary>Makes it.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="user">The name of a user; null: what all clients have in common.</param>
    /// <param name="host">The name or address that the client reaches the server by.</param>
    /// <param name="port">The port; 0: that of the inbound.</param>
    public static SharedUrl Of(InboundConfig inbound, string? user, string host, int port = 0)
    {
        ArgumentNullException.ThrowIfNull(inbound);
        ArgumentException.ThrowIfNullOrEmpty(host);
        int number = port == 0 ? inbound.Listen.Port : port;
        if (number == 0) return SharedUrl.None($"the inbound {inbound.Name} gets a free port at each start; name the one that it has");
        if (!Destination.TryParse(host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host, number, out Destination? server))
            return SharedUrl.None("the host is no name and no address");
        UserConfig? known = user is null ? null : inbound.Users.FirstOrDefault(each => string.Equals(each.Name, user, StringComparison.Ordinal));
        if (user is not null && known is null) return SharedUrl.None($"the inbound {inbound.Name} has no user of that name");
        string tls = inbound.Tls is null ? "" : "s";
        return inbound switch
        {
            Socks5InboundConfig or MixedInboundConfig => Login(inbound, known, login => UrlText.Of($"socks5{tls}", login, server)),
            HttpInboundConfig => Login(inbound, known, login => UrlText.Of($"http{tls}", login, server)),
            WebSocketInboundConfig => Login(inbound, known, login => UrlText.Of($"ws{tls}", login, server)),
            TunnelInboundConfig tunnel => WithSecret(inbound, known?.Keys, tunnel.Keys, "key",
                key => UrlText.Of("tunnel", null, server, "", [("psk", key)])),
            EchTunnelInboundConfig { Tokens.Count: 0, HasNoUsers: true } open => new SharedUrl(UrlText.Of($"ws{tls}+ech", null, server, open.Path), null),
            EchTunnelInboundConfig ech => WithSecret(inbound, known?.Tokens, ech.Tokens, "token",
                token => UrlText.Of($"ws{tls}+ech", null, server, ech.Path, [("token", token)])),
            _ => SharedUrl.None($"an inbound of the type {inbound.Type} has no URL for clients"),
        };
    }

    private static SharedUrl Login(InboundConfig inbound, UserConfig? user, Func<(string User, Secret? Password)?, string> make)
    {
        if (user is null)
        {
            return inbound.HasNoUsers ? new SharedUrl(make(null), null)
                : SharedUrl.None($"the inbound {inbound.Name} asks for a login; name one of its users");
        }
        return user.Password is { } password ? new SharedUrl(make((user.Name, password)), null)
            : SharedUrl.None($"of the user {user.Name} no password is known here: the configuration has its hash, or none");
    }

    private static SharedUrl WithSecret(
        InboundConfig inbound, IReadOnlyList<NamedSecret>? own, IReadOnlyList<Secret> common, string what, Func<string, string> make)
    {
        Secret? secret = own is null ? (common is [var shared, ..] ? shared : null) : own is [var key, ..] ? key.Value : null;
        if (secret is not null) return new SharedUrl(make(UrlText.TextOf(secret)), null);
        return SharedUrl.None(
            own is null ? $"the inbound {inbound.Name} has no {what} that all have in common; name one of its users" : $"the user has no {what}");
    }
}
