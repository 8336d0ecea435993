using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A configuration with exits for each gateway of a <see cref="GatewayNetwork"/>, and <c>multiexit snat</c> on it.</summary>
internal static class SnatSetup
{
    public const int FirstPort = 2000;
    public const int PoolPort = 2100;

    // Six exits with addresses of no interface, two with addresses of the host; each with an inbound of its own.
    public static readonly (string Address, string Gateway, int Number)[] Exits =
    [
        .. Enumerable.Range(0, GatewayNetwork.Gateways).Select(n => ($"198.51.100.1{n}", $"10.1.{n}.1", n)),
        .. Enumerable.Range(0, GatewayNetwork.Gateways).Select(n => ($"2001:db8:1::1{n}", $"fd00:1:{n}::1", n)),
        ("10.1.1.2", "10.1.1.1", 1),
        ("fd00:1:2::2", "fd00:1:2::1", 2),
    ];

    public static string Expect(GatewayNetwork network, int exitCode, string text, string command, string verb, TemporaryFile config)
    {
        (int actual, string output, string error) = network.MultiExit(command, verb, "--config", config.Path);
        Assert.True(exitCode == actual, $"{verb}: exit code {actual}\n{output}{error}");
        Assert.Contains(text, output + error, StringComparison.Ordinal);
        return output + error;
    }

    public static string Config(string backend = "nftables")
    {
        List<string> lines = ["name: edge", "inbounds:", $"  - {{ name: pool, type: socks5, listen: \"127.0.0.1:{PoolPort}\" }}"];
        lines.AddRange(Exits.Select((_, i) => $"  - {{ name: in{i}, type: socks5, listen: \"127.0.0.1:{FirstPort + i}\" }}"));
        lines.Add("exits:");
        lines.AddRange(Exits.Select((exit, i) =>
            $"  - {{ name: wan{i}, type: direct, address: \"{exit.Address}\", gateway: \"{exit.Gateway}\", interface: h{exit.Number} }}"));
        lines.AddRange(["groups: [{ name: all, exits: [wan0, wan1, wan2] }]", "default: all", "routes:"]);
        lines.AddRange(Exits.Select((_, i) => $"  - {{ inbounds: [in{i}], exit: wan{i} }}"));
        lines.Add($"snat: {{ enabled: true, backend: {backend} }}");
        return string.Join('\n', lines);
    }
}
