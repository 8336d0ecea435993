using System.Net;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A gateway that dies and comes back, as clients see it.</summary>
public sealed class HealthTests
{
    private const int Port = 2000; // and the next one for IPv6
    private const int Dying = 1;

    [NamespaceFact]
    public async Task A_dead_gateways_exit_goes_out_and_comes_back_and_no_client_notices()
    {
        using GatewayNetwork network = new();
        network.RouteBySource();
        using TemporaryFile config = new(Config(network.Target.TcpPort));
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        using CancellationTokenSource enough = new();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(i => ConnectAsync(proxy, network, ipv6: i % 2 == 1, enough.Token))];

        await ExpectAsync(proxy, network, [0, 1, 2]);
        network.Kill(Dying);
        await proxy.LoggedAsync($"MX3002 exit ipv4-{Dying} is down");
        await proxy.LoggedAsync($"MX3002 exit ipv6-{Dying} is down");
        await ExpectAsync(proxy, network, [0, 2]);
        network.Revive(Dying);
        await proxy.LoggedAsync($"MX3003 exit ipv4-{Dying} is up again");
        await proxy.LoggedAsync($"MX3003 exit ipv6-{Dying} is up again");
        await ExpectAsync(proxy, network, [0, 1, 2]);

        await enough.CancelAsync();
        // Every connection has got its answer: one that failed would have thrown.
        Assert.All(await Task.WhenAll(clients), connections => Assert.NotEqual(0, connections));
        Assert.DoesNotContain("MX3000", proxy.Log, StringComparison.Ordinal);
    }

    private static async Task<int> ConnectAsync(NamespaceProxy proxy, GatewayNetwork network, bool ipv6, CancellationToken enough)
    {
        int connections = 0;
        for (; !enough.IsCancellationRequested; connections++) await SourceAsync(proxy, network, ipv6, udp: false);
        return connections;
    }

    // The clients take turns too: enough connections that each member has had its own.
    private static async Task ExpectAsync(NamespaceProxy proxy, GatewayNetwork network, int[] members)
    {
        foreach ((bool ipv6, bool udp) in ((bool, bool)[])[(false, false), (false, true), (true, false), (true, true)])
        {
            HashSet<string> seen = [];
            for (int i = 0; i < 12 || (i < 200 && seen.Count < members.Length); i++) seen.Add(await SourceAsync(proxy, network, ipv6, udp));
            Assert.Equal(members.Select(n => GatewayNetwork.Address(n, ipv6)).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        }
    }

    private static Task<string> SourceAsync(NamespaceProxy proxy, GatewayNetwork network, bool ipv6, bool udp)
    {
        IPAddress target = ipv6 ? GatewayNetwork.TargetIpv6 : GatewayNetwork.TargetIpv4;
        int port = ipv6 ? Port + 1 : Port;
        return udp ? proxy.UdpSourceAsync(port, target, network.Target.UdpPort) : proxy.TcpSourceAsync(port, target, network.Target.TcpPort);
    }

    private static string Config(int targetPort)
    {
        List<string> lines = ["name: edge", "limits: { connect_timeout: 4s }", "inbounds:"];
        List<string> exits = ["exits:"], groups = ["groups:"], routes = ["routes:"];
        foreach (bool ipv6 in (bool[])[false, true])
        {
            string name = ipv6 ? "ipv6" : "ipv4";
            string target = ipv6 ? $"[{GatewayNetwork.TargetIpv6}]" : $"{GatewayNetwork.TargetIpv4}";
            lines.Add($"  - {{ name: in-{name}, type: socks5, listen: \"127.0.0.1:{(ipv6 ? Port + 1 : Port)}\" }}");
            for (int n = 0; n < GatewayNetwork.Gateways; n++)
                exits.Add($"  - {{ name: {name}-{n}, type: direct, address: \"{GatewayNetwork.Address(n, ipv6)}\" }}");
            groups.Add($"  - {{ name: {name}, exits: [{name}-0, {name}-1, {name}-2], retries: 1, health: " +
                $"{{ target: \"tcp://{target}:{targetPort}\", interval: 2s, timeout: 2s, fall: 2, rise: 2 }} }}");
            routes.Add($"  - {{ inbounds: [in-{name}], exit: {name} }}");
        }
        return string.Join('\n', (string[])[.. lines, .. exits, .. groups, .. routes]);
    }
}
