using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>What the users of one inbound must not have: something that says nothing about which of them it is, or nothing at all to log in with.</summary>
internal static class UserChecks
{
    /// <summary>The most keys, and the most tokens, that an inbound looks through for a client (docs/decisions/0083).</summary>
    public const int MaxSecrets = 4096;

    /// <summary>Says what is wrong; null when nothing is.</summary>
    public static string? Problem(InboundConfig inbound)
    {
        if (inbound.Users.Count == 0) return null;
        (IReadOnlyList<Secret> shared, IEnumerable<NamedSecret> own, string word) = inbound switch
        {
            TunnelInboundConfig tunnel => (tunnel.Keys, tunnel.Users.SelectMany(user => user.Keys), "key"),
            EchTunnelInboundConfig tunnel => (tunnel.Tokens, tunnel.Users.SelectMany(user => user.Tokens), "token"),
            WebSocketInboundConfig socket => ([], socket.Users.SelectMany(user => user.Tokens), "token"),
            ShadowsocksInboundConfig server => ([server.Password], server.Users.SelectMany(user => user.Psks), "psk"),
            _ => ((IReadOnlyList<Secret>)[], Enumerable.Empty<NamedSecret>(), ""),
        };
        int count = shared.Count + own.Count();
        if (count > MaxSecrets) return $"its users have {count} {word}s; an inbound takes at most {MaxSecrets}";
        return WrongLength(inbound) ?? Twice(inbound, shared, word) ?? SameNetwork(inbound.Users) ?? SameCertificate(inbound)
            ?? (inbound.Auth is null ? Nobody(inbound, count) : null)
            ?? (inbound is TunnelInboundConfig { Methods: [Exits.TunnelMethodName.Tls] } && !TunnelInboundConfig.TakesTlsOnly(count)
                ? $"with the method tls alone it takes at most {TunnelInboundConfig.MaxKeysWithoutAead} keys, and there are {count}; allow another method too"
                : null);
    }

    private static string? Twice(InboundConfig inbound, IReadOnlyList<Secret> shared, string word)
    {
        if (word.Length == 0) return null;
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (Secret secret in shared) owners[DigestOf(secret)] = word == "psk" ? "`password` of the inbound" : $"`{word}` of the inbound";
        foreach (UserConfig user in inbound.Users)
        {
            foreach (NamedSecret secret in word switch { "key" => user.Keys, "psk" => user.Psks, _ => user.Tokens })
            {
                string owner = $"{user.Name}'s {secret.Name}";
                if (!owners.TryAdd(DigestOf(secret.Value), owner))
                    return $"{owner} is the same {word} as {owners[DigestOf(secret.Value)]}; expected one of its own";
            }
        }
        return null;
    }

    // A user may have keys for methods of both lengths, but one of them has to be for this one.
    private static string? WrongLength(InboundConfig inbound)
    {
        if (inbound is not ShadowsocksInboundConfig { Method: var method } || !ShadowsocksInboundConfig.KnowsUsersByKey(method)) return null;
        int length = ShadowsocksMethods.Find(method)!.Value.KeyLength();
        return inbound.Users.FirstOrDefault(user => user.Psks.Count > 0 && !user.Psks.Any(psk => HasLength(psk, length))) is { } user
            ? $"{user.Name}'s `psks` have no key of {length} octets, which {method} needs" : null;
    }

    // True as well for what a reference leads to, where that was not looked at.
    private static bool HasLength(NamedSecret psk, int length) =>
        !ShadowsocksKeyText.TryReadUserKey(psk.Value.Reveal(), out byte[]? key) || key.Length == length;

    private static string? SameNetwork(IReadOnlyList<UserConfig> users)
    {
        Dictionary<IPNetwork, string> owners = [];
        foreach (UserConfig user in users)
            foreach (IPNetwork network in user.Networks)
                if (!owners.TryAdd(network, user.Name) && owners[network] != user.Name)
                    return $"the network {network} is that of {owners[network]} and of {user.Name}; expected it at one of them";
        return null;
    }

    private static string? SameCertificate(InboundConfig inbound)
    {
        if (inbound.Tls?.Clients is null) return null;
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (UserConfig user in inbound.Users)
            foreach (UserCertificate certificate in user.Certificates)
                if (!owners.TryAdd($"{certificate.Property} {certificate.Key}", user.Name) && owners[$"{certificate.Property} {certificate.Key}"] != user.Name)
                    return $"the certificate of {user.Name}, {ErrorText.Quote(certificate.Value)}, is that of "
                        + $"{owners[$"{certificate.Property} {certificate.Key}"]} as well; expected it at one of them";
        return null;
    }

    private static string? Nobody(InboundConfig inbound, int secrets)
    {
        bool known = inbound.Users.Any(user => inbound.WaysIn(user).Any());
        return inbound switch
        {
            TunnelInboundConfig when secrets == 0 => "nobody can come in: neither the inbound has a `key` nor one of its users `keys`",
            EchTunnelInboundConfig when secrets == 0 && !known =>
                "nobody can come in: neither the inbound has a `token` nor one of its users `tokens` or `networks`",
            WebSocketInboundConfig when !known => "nobody can come in: none of its users has a `password`, `tokens` or `networks`",
            ShadowsocksInboundConfig server when !known => ShadowsocksInboundConfig.KnowsUsersByKey(server.Method)
                ? "nobody can come in: none of its users has `psks`"
                : $"nobody can come in: none of its users has `networks`, and {server.Method} knows nobody by a key of their own",
            ForwardInboundConfig or TransparentInboundConfig when !known => "nobody can come in: none of its users has `networks`, and there is no login here",
            Socks5InboundConfig or HttpInboundConfig or MixedInboundConfig when !known =>
                "nobody can come in: none of its users has a `password` or `networks`",
            _ => null,
        };
    }

    private static string DigestOf(Secret secret) => Convert.ToHexString(SHA256.HashData(secret.Reveal()));
}
