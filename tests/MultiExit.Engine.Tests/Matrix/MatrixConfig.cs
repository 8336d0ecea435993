using System.Net;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols.Lightsocks;
using MultiExit.Engine.Tests.Configuration;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>The two servers of the matrix, as files that an operator could have written. A user of the near server is named after the exit
/// that its connections leave through; inbounds without users have a listener for each.</summary>
internal static class MatrixConfig
{
    public const string Password = "Zq7-matrix";
    public const string Key = "Zq7-matrix-psk";
    private static readonly string LightsocksPassword = LightsocksTable.Generate();
    private const string WrongPassword = "Zq7-wrong";
    private const string Method = "2022-blake3-aes-256-gcm";

    /// <summary>The kinds that a chain can be made of.</summary>
    public static readonly string[] Proxies = ["socks5", "http", "websocket", "tunnel"];

    /// <summary>The kinds of old, which have a listener for each exit of the near server, without users; no chain has them.</summary>
    public static readonly string[] Old = ["socks4", "lightsocks"];

    public static readonly string[] Inbounds = [.. Proxies, "forward", .. Old, "shadowsocks"];
    public static readonly string[] Exits = ["direct", .. Proxies, .. Old, "shadowsocks"];

    /// <summary>Chains of three hops: every kind behind every kind, and a third one that varies.</summary>
    public static IEnumerable<(string Entry, string First, string Second, string Third)> Chains =>
        from first in Enumerable.Range(0, Proxies.Length)
        from second in Enumerable.Range(0, Proxies.Length)
        select (Proxies[(first + 2 * second) % Proxies.Length], Proxies[first], Proxies[second], Proxies[(first + second) % Proxies.Length]);

    /// <summary>Where the hops lead. Its user <c>hop</c> and the key lead straight out; <c>lost</c> leads to a proxy that is not there.</summary>
    public static GatewayConfig Far(int closedPort) => ConfigAssert.Valid($$"""
        name: far
        inbounds:
        {{string.Concat(Proxies[..3].Select(kind => Inbound(kind, $"hop: {{ password: {Password} }}, lost: {{ password: {Password} }}")))}}
          - { name: tunnel, type: tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, key: {{Key}} }
        {{string.Concat(Old.Select(kind => OldInbound(kind, kind)))}}
          - { name: shadowsocks, type: shadowsocks, listen: "127.0.0.1:0", udp: false, method: aes-128-gcm, password: {{Password}} }
          - { name: tunnel-lost, type: tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, key: {{Key}} }
        exits:
          - { name: gone, type: socks5, server: "127.0.0.1:{{closedPort}}" }
        routes:
          - { users: [lost], exit: gone }
          - { inbounds: [tunnel-lost], exit: gone }
        """);

    /// <summary>The server that clients come to.</summary>
    /// <param name="far">The listeners of the far server, by name.</param>
    /// <param name="closedPort">A port of loopback that refuses.</param>
    /// <param name="targets">The targets of forwards, by the name of the address family.</param>
    /// <param name="logFile">The log.</param>
    public static GatewayConfig Near(IReadOnlyDictionary<string, IPEndPoint> far, int closedPort, IReadOnlyDictionary<string, string> targets, string logFile)
    {
        List<(string Name, string Text)> exits = [];
        foreach (string kind in Proxies)
        {
            exits.Add((kind, Exit(kind, kind, far[kind])));
            exits.Add(($"dead-{kind}", Exit($"dead-{kind}", kind, new IPEndPoint(IPAddress.Loopback, closedPort))));
            // The server of a tunnel does not say that a key is wrong.
            exits.Add(($"wrong-{kind}", Exit($"wrong-{kind}", kind, far[kind], "hop", WrongPassword, kind == "tunnel" ? "timeout: 1s, " : "")));
            exits.Add(($"beyond-{kind}", Exit($"beyond-{kind}", kind, far[kind == "tunnel" ? "tunnel-lost" : kind], "lost")));
        }
        exits.AddRange(Old.Select(kind => (kind, Exit(kind, kind, far[kind]))));
        foreach ((_, string first, string second, string third) in Chains)
        {
            exits.Add(($"{first}-{second}", Exit($"{first}-{second}", second, far[second], more: $"via: {first}, ")));
            exits.Add(($"{first}-{second}-{third}", Exit($"{first}-{second}-{third}", third, far[third], more: $"via: {first}-{second}, ")));
        }
        exits.Add(("shadowsocks",
            $"  - {{ name: shadowsocks, type: shadowsocks, server: \"{far["shadowsocks"]}\", method: aes-128-gcm, password: {Password} }}\n"));
        string[] names = ["direct", .. exits.Select(exit => exit.Name)];
        string users = string.Join(", ", names.Select(name => $"{name}: {{ password: {Password} }}"));
        string psks = string.Join(", ", names.Select(name => $"{name}: {{ psks: {{ k: \"{PskOf(name)}\" }} }}"));
        string tunnels = string.Concat(names.Select(name =>
            $"  - {{ name: tunnel-{name}, type: tunnel, listen: \"127.0.0.1:0\", tls: {{ self_signed: true }}, key: {Key} }}\n"));
        string old = string.Concat(from kind in Old from exit in Exits select OldInbound($"{kind}-{exit}", kind));
        string forwards = string.Concat(Exits.SelectMany(exit => targets.Select(target =>
            $"  - {{ name: forward-{exit}-{target.Key}, type: forward, listen: \"127.0.0.1:0\", target: \"{target.Value}\" }}\n")));
        return ConfigAssert.Valid($$"""
            name: near
            logging: { level: debug, file: {{logFile}} }
            inbounds:
            {{string.Concat(Proxies[..3].Select(kind => Inbound(kind, users)))}}
            {{tunnels}}
            {{old}}
            {{forwards}}
              - { name: shadowsocks, type: shadowsocks, listen: "127.0.0.1:0", udp: false, method: {{Method}}, password: "{{PskOf("")}}", users: { {{psks}} } }
            exits:
            {{string.Concat(exits.Select(exit => exit.Text))}}
            routes:
            {{string.Concat(names.Select(name => $"  - {{ users: [{name}], exit: {name} }}\n"))}}
            {{string.Concat(names.Select(name => $"  - {{ inbounds: [tunnel-{name}], exit: {name} }}\n"))}}
            {{string.Concat(Exits.Select(exit => $"  - {{ inbounds: [{Forwards(exit)}, {OldOnes(exit)}], exit: {exit} }}\n"))}}
            """);

        string OldOnes(string exit) => string.Join(", ", Old.Select(kind => $"{kind}-{exit}"));

        string Forwards(string exit) => string.Join(", ", targets.Keys.Select(target => $"forward-{exit}-{target}"));
    }

    /// <summary>A client of every inbound with users of the near server, for an exit of it: the names are <c>inbound-exit</c>.</summary>
    public static GatewayConfig Client(IReadOnlyDictionary<string, IPEndPoint> near, IEnumerable<string> exits)
    {
        IEnumerable<string> clients =
            from exit in exits
            from kind in Exits.Contains(exit) ? [.. Proxies, .. Old] : Proxies
            select Exit($"{kind}-{exit}", kind, near[kind == "tunnel" || Old.Contains(kind) ? $"{kind}-{exit}" : kind], exit);
        return ConfigAssert.Valid($$"""
            {{ConfigAssert.Inbound}}
            exits:
            {{string.Concat(clients)}}
            {{string.Concat(exits.Select(exit => Shadowsocks($"shadowsocks-{exit}", near["shadowsocks"], exit)))}}
            """);
    }

    // The key of a user, or of the inbound.
    private static string PskOf(string name) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static string Shadowsocks(string name, IPEndPoint server, string user) =>
        $"  - {{ name: {name}, type: shadowsocks, server: \"{server}\", method: {Method}, password: \"{PskOf("")}:{PskOf(user)}\" }}\n";

    private static string Inbound(string kind, string users) =>
        $"  - {{ name: {kind}, type: {kind}, listen: \"127.0.0.1:0\", users: {{ {users} }} }}\n";

    private static string OldInbound(string name, string kind) => kind == "socks4"
        ? $"  - {{ name: {name}, type: socks5, listen: \"127.0.0.1:0\", socks4: true }}\n"
        : $"  - {{ name: {name}, type: {kind}, listen: \"127.0.0.1:0\", password: \"{LightsocksPassword}\" }}\n";

    private static string Exit(string name, string kind, IPEndPoint server, string user = "hop", string password = Password, string more = "")
    {
        string keys = kind switch
        {
            "tunnel" => $"key: {(password == Password ? Key : password)}",
            "socks4" => "resolve: remote",
            "lightsocks" => $"password: \"{LightsocksPassword}\"",
            _ => $"username: {user}, password: {password}",
        };
        return $"  - {{ name: {name}, type: {kind}, server: \"{server}\", {more}{keys} }}\n";
    }
}
