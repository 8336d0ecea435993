namespace MultiExit.Benchmarks.Allocations;

/// <summary>The sessions whose allocated bytes are held.</summary>
internal static class Scenarios
{
    private const string Entrance = """
        inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0", private_destinations: allow }]
        limits: { connections_per_client: 100000 }

        """;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("direct", Entrance),
        new("direct, 1 MiB", Entrance, Bytes: 1 << 20),
        new("socks5", To("type: socks5"), Far("type: socks5")),
        new("http", To("type: http"), Far("type: http")),
        new("shadowsocks aes-256-gcm", To($"type: shadowsocks, {Gcm}"), Far($"type: shadowsocks, {Gcm}")),
        new("shadowsocks aes-256-gcm, 1 MiB", To($"type: shadowsocks, {Gcm}"), Far($"type: shadowsocks, {Gcm}"), 1 << 20),
        new("shadowsocks 2022", To($"type: shadowsocks, {Timed}"), Far($"type: shadowsocks, {Timed}")),
        new("tunnel", To($"type: tunnel, {Key}"), Far($"type: tunnel, {Key}, tls: {{ self_signed: true }}")),
        new("tunnel, 1 MiB", To($"type: tunnel, {Key}"), Far($"type: tunnel, {Key}, tls: {{ self_signed: true }}"), 1 << 20),
        new("ech-tunnel", EchTo, Far("type: ech-tunnel, path: /t")),
    ];

    private static string Gcm => "method: aes-256-gcm, password: allocations";

    private static string Timed => "method: 2022-blake3-aes-256-gcm, password: \"bZ0Rk8M1w4c0m1qzPpTZP3c2vRkTtGqB1lXb7cVq6fA=\"";

    private static string Key => "key: \"bZ0Rk8M1w4c0m1qzPpTZP3c2vRkTtGqB1lXb7cVq6fA=\"";

    private static string EchTo => Entrance + "exits: [{ name: far, type: ech-tunnel, server: \"ws://127.0.0.1:PORT/t\" }]\ndefault: far\n";

    private static string To(string how) => Entrance + $$"""
        exits: [{ name: far, server: "127.0.0.1:PORT", {{how}} }]
        default: far

        """;

    private static string Far(string how) => $$"""
        inbounds: [{ name: far, listen: "127.0.0.1:0", private_destinations: allow, {{how}} }]
        limits: { connections_per_client: 100000 }

        """;
}
