using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>Every strategy keeps its promise, judged by the addresses that the target sees.</summary>
public sealed class StrategyTests
{
    private const int FirstPort = 2000;
    private const int SlowMark = 77;

    // Which exit each connection left by, in order; 9 strategies, each with three exits of its own.
    private static readonly Row[] Rows =
    [
        new("round_robin", 6, static seen => Is(seen, 2, 2, 2)),
        new("port_based", 6, static seen => Is(seen, 0, 6, 0)) { Keys = "port_ranges: [{ ports: 0-1, exit: {0} }, { ports: PORT, exit: {1} }]" },
        new("destination_based", 6, static seen => seen.Distinct().Count() == 1),
        new("random", 40, static seen => seen.Distinct().Count() == 3), // all but once in a million runs
        new("weighted", 12, static seen => Is(seen, 2, 4, 6)),
        new("least_connections", 4, static seen => !seen.Contains(0)) { Held = 5 }, // more than the others can reach
        new("lowest_latency", 8, static seen => seen.Skip(3).All(exit => exit == 1)) { Slow = true }, // three to learn
        new("failover", 6, static seen => Is(seen, 6, 0, 0)),
        new("sticky", 24, static seen => seen.Take(12).SequenceEqual(seen.Skip(12)) && seen.Distinct().Count() > 1) { Clients = 12 },
    ];

    [NamespaceFact]
    public async Task Each_distributes_as_it_promises()
    {
        using GatewayNetwork network = new();
        network.RouteBySource();
        network.Delay(SlowMark);
        using TemporaryFile config = new(Config(network.Target.TcpPort));
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        string[] wrong = [.. (await Task.WhenAll(Enumerable.Range(0, 2 * Rows.Length).Select(i => RunAsync(network, proxy, i)))).OfType<string>()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    // The fault of a row, in one family; null: none.
    private static async Task<string?> RunAsync(GatewayNetwork network, NamespaceProxy proxy, int number)
    {
        (Row row, bool ipv6, int port) = Place(number);
        IPAddress target = ipv6 ? GatewayNetwork.TargetIpv6 : GatewayNetwork.TargetIpv4;
        string[] exits = [.. Enumerable.Range(0, GatewayNetwork.Gateways).Select(n => GatewayNetwork.Address(n, ipv6))];
        List<Socket> held = [];
        try
        {
            // They leave by the first exit, through an inbound that leads straight to it.
            for (int i = 0; i < row.Held; i++) held.Add(await proxy.ConnectAsync(port + 1, target, network.Target.TcpPort));
            foreach (bool udp in (bool[])[false, true])
            {
                int[] seen = new int[row.Connections];
                for (int i = 0; i < seen.Length; i++)
                {
                    IPAddress? client = row.Clients == 0 ? null : new IPAddress([127, 0, 1, (byte)(1 + i % row.Clients)]);
                    string source = udp
                        ? await proxy.UdpSourceAsync(port, target, network.Target.UdpPort, client)
                        : await proxy.TcpSourceAsync(port, target, network.Target.TcpPort, client);
                    seen[i] = Array.IndexOf(exits, source);
                }
                if (seen.Contains(-1) || !row.Promise(seen))
                    return $"{row.Strategy} {(udp ? "UDP" : "TCP")} {(ipv6 ? "IPv6" : "IPv4")}: {string.Join(' ', seen)}";
            }
            return null;
        }
        finally
        {
            foreach (Socket socket in held) socket.Dispose();
        }
    }

    private static (Row Row, bool Ipv6, int Port) Place(int number) => (Rows[number / 2], number % 2 == 1, FirstPort + 2 * number);

    private static bool Is(int[] seen, params int[] counts) =>
        Enumerable.Range(0, counts.Length).All(exit => seen.Count(other => other == exit) == counts[exit]);

    private static string Config(int targetPort)
    {
        List<string> inbounds = ["inbounds:"], exits = ["exits:"], groups = ["groups:"], routes = ["routes:"];
        for (int i = 0; i < 2 * Rows.Length; i++)
        {
            (Row row, bool ipv6, int port) = Place(i);
            string name = $"{row.Strategy}-{(ipv6 ? 6 : 4)}";
            string[] members = [.. Enumerable.Range(0, GatewayNetwork.Gateways).Select(n => $"{name}-{n}")];
            inbounds.Add($"  - {{ name: in-{name}, type: socks5, listen: \"127.0.0.1:{port}\" }}");
            inbounds.Add($"  - {{ name: first-{name}, type: socks5, listen: \"127.0.0.1:{port + 1}\" }}");
            for (int n = 0; n < members.Length; n++)
                exits.Add(
                    $"  - {{ name: {members[n]}, type: direct, address: \"{GatewayNetwork.Address(n, ipv6)}\", "
                    + $"weight: {n + 1}{(row.Slow && n != 1 ? $", mark: {SlowMark}" : "")} }}");
            string keys = row.Keys.Replace("{0}", members[0], StringComparison.Ordinal).Replace("{1}", members[1], StringComparison.Ordinal)
                .Replace("PORT", targetPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            groups.Add($"  - {{ name: {name}, strategy: {row.Strategy}, exits: [{string.Join(", ", members)}], {keys} }}");
            routes.Add($"  - {{ inbounds: [in-{name}], exit: {name} }}");
            routes.Add($"  - {{ inbounds: [first-{name}], exit: {members[0]} }}");
        }
        return string.Join('\n', (string[])["name: edge", .. inbounds, .. exits, .. groups, .. routes]);
    }

    /// <param name="Strategy">The word in the configuration.</param>
    /// <param name="Connections">How many are made, TCP and UDP each.</param>
    /// <param name="Promise">Whether the exits that they left by are as promised.</param>
    private sealed record Row(string Strategy, int Connections, Func<int[], bool> Promise)
    {
        /// <summary>The strategy's own keys.</summary>
        public string Keys { get; init; } = "retries: 0";

        /// <summary>Connections that are live through the first exit meanwhile.</summary>
        public int Held { get; init; }

        /// <summary>Whether the first and the last exit take a second more to connect.</summary>
        public bool Slow { get; init; }

        /// <summary>How many clients take turns; 0: one.</summary>
        public int Clients { get; init; }
    }
}
