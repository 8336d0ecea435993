using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;

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
            ShadowsocksInboundConfig shadowsocks => Shadowsocks(shadowsocks, known, server),
            LightsocksInboundConfig { Tls: null, HasNoUsers: true } lightsocks =>
                new SharedUrl(UrlText.Lightsocks(UrlText.TextOf(lightsocks.Password), server), null),
            LightsocksInboundConfig => SharedUrl.None("a URL of Lightsocks has no place for a login, and none for TLS"),
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

    // A user of the methods of 2022 has a key beside that of the inbound (SIP023); users of others are known by their networks.
    private static SharedUrl Shadowsocks(ShadowsocksInboundConfig inbound, UserConfig? user, Destination server)
    {
        string password = UrlText.TextOf(inbound.Password);
        if (ShadowsocksInboundConfig.KnowsUsersByKey(inbound.Method) && !inbound.HasNoUsers)
        {
            if (user is null) return SharedUrl.None($"a client of the inbound {inbound.Name} needs the key of a user; name one of its users");
            int length = ShadowsocksMethods.Find(inbound.Method)!.Value.KeyLength();
            if (user.Psks.Select(psk => UrlText.TextOf(psk.Value)).FirstOrDefault(psk => HasLength(psk, length)) is not { } own)
                return SharedUrl.None($"the user {user.Name} has no psk for {inbound.Method}");
            password = $"{password}:{own}";
        }
        return new SharedUrl(UrlText.Shadowsocks(inbound.Method, password, server, name: null), null);
    }

    private static bool HasLength(string psk, int length) =>
        ShadowsocksKeyText.TryReadUserKey(Encoding.UTF8.GetBytes(psk), out byte[]? key) && key.Length == length;

    private static SharedUrl WithSecret(
        InboundConfig inbound, IReadOnlyList<NamedSecret>? own, IReadOnlyList<Secret> common, string what, Func<string, string> make)
    {
        Secret? secret = own is null ? (common is [var shared, ..] ? shared : null) : own is [var key, ..] ? key.Value : null;
        if (secret is not null) return new SharedUrl(make(UrlText.TextOf(secret)), null);
        return SharedUrl.None(
            own is null ? $"the inbound {inbound.Name} has no {what} that all have in common; name one of its users" : $"the user has no {what}");
    }
}
