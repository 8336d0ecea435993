using System.Net;
using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A gateway that takes what its network sends, judged by what the client and the target see and by the traces left afterwards.</summary>
public sealed class RedirectTests
{
    [RedirectFact("redirect")]
    public Task By_redirect_targets_see_the_exit_and_remove_leaves_nothing() => ServeAsync("redirect");

    [RedirectFact("tproxy")]
    public Task By_tproxy_targets_see_the_exit_and_remove_leaves_nothing() => ServeAsync("tproxy");

    [RedirectFact("tproxy")]
    public async Task Answers_of_datagrams_come_from_where_the_client_has_sent_to()
    {
        using RedirectNetwork network = new();
        using TemporaryFile config = new(RedirectNetwork.Config("tproxy"));
        network.Expect(0, "nft: table", "apply", config);
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Gateway, config.Path);
        foreach (IPAddress target in RedirectNetwork.Targets)
        {
            string expected = target.AddressFamily == AddressFamily.InterNetwork ? RedirectNetwork.ExitAddress : "fd00:9::1";
            // Two clients of one place share the socket that its answers leave from.
            using Socket first = network.Datagrams(target), second = network.Datagrams(target);
            foreach (Socket client in (Socket[])[first, second, first])
            {
                (string text, IPEndPoint from) = await network.AskByDatagramAsync(client, target, network.Target.UdpPort);
                Assert.Equal((expected, new IPEndPoint(target, network.Target.UdpPort)), (text, from));
            }
        }
        using Socket direct = network.Datagrams(IPAddress.Loopback);
        await direct.SendToAsync(new byte[] { 1 }, SocketFlags.None, IPEndPoint.Parse($"10.8.0.1:{RedirectNetwork.Port}"));
        await proxy.LoggedAsync("it came to the listener itself");
    }

    [RedirectFact("redirect")]
    public async Task Rules_see_the_names_that_clients_ask_for()
    {
        using RedirectNetwork network = new();
        using TemporaryFile config = new(RedirectNetwork.Config("redirect", "- { domains: [no.example], sniffed: true, exit: block }"));
        network.Expect(0, "nft: table", "apply", config);
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Gateway, config.Path);
        Assert.Null(await RedirectNetwork.AskAsync(
            network.Client, GatewayNetwork.TargetIpv4, network.Target.TcpPort, "GET / HTTP/1.1\r\nHost: no.example\r\n\r\n"));
        // The target closes without reading, which may reset what it has answered; the answer comes first where nothing was sent.
        Assert.Equal(RedirectNetwork.ExitAddress, await RedirectNetwork.AskAsync(network.Client, GatewayNetwork.TargetIpv4, network.Target.TcpPort));
    }

    [RedirectFact("tproxy")]
    public void What_a_crash_left_is_repaired_and_removed()
    {
        using RedirectNetwork network = new();
        using TemporaryFile config = new(RedirectNetwork.Config("tproxy"));
        string before = network.Snapshot();
        network.Expect(0, "nft: table", "apply", config);
        string applied = network.Snapshot();
        network.Gateway.Do("nft flush chain inet multiexit_redirect tproxy0");
        network.Gateway.Do("nft add rule inet multiexit_redirect tproxy0 tcp dport 22 accept");
        network.Gateway.Do("ip -6 rule del fwmark 19800 lookup 19800");
        network.Gateway.Do("ip -4 rule add fwmark 99 lookup 199 priority 9050 protocol 78");
        string broken = network.Expect(7, "missing rule: ip -6 rule add fwmark 19800", "verify", config);
        Assert.Contains("not in the plan, but there, rule: ip -4 rule add fwmark 99", broken, StringComparison.Ordinal);
        Assert.Contains("which the inbound lan needs: fib daddr type local return", broken, StringComparison.Ordinal);
        Assert.Contains("not in the plan, but there: tproxy0: ", broken, StringComparison.Ordinal);
        network.Expect(0, "ip -6 rule add fwmark 19800", "apply", config);
        Assert.Equal(applied, network.Snapshot());

        using TemporaryFile other = new(RedirectNetwork.Config("tproxy").Replace("name: gate", "name: other", StringComparison.Ordinal));
        network.Expect(7, "belongs to the configuration gate", "apply", other);
        network.Expect(7, "belongs to the configuration gate", "remove", other);
        Assert.Equal(applied, network.Snapshot());
        network.Expect(0, "nft delete table", "remove", config);
        Assert.Equal(before, network.Snapshot());
    }

    [RedirectFact("tproxy")]
    public void What_others_use_is_left_alone()
    {
        using RedirectNetwork network = new();
        using TemporaryFile config = new(RedirectNetwork.Config("tproxy"));
        network.Gateway.Do("ip rule add fwmark 19800 lookup 77");
        network.Gateway.Do("nft add table inet multiexit");
        string before = network.Snapshot();
        network.Expect(7, "the mark 19800 of the inbound lan is used by a rule that was not made for it", "apply", config);
        Assert.Equal(before, network.Snapshot());
        network.Gateway.Do("ip rule del fwmark 19800 lookup 77");
        network.Gateway.Do("nft add table inet multiexit_redirect");
        before = network.Snapshot();
        network.Expect(7, "was not made by MultiExit", "apply", config);
        network.Expect(0, "nothing to do", "remove", config);
        Assert.Equal(before, network.Snapshot());
    }

    [RedirectFact("tproxy")]
    public void Without_the_capability_the_server_says_what_to_do()
    {
        if (!Command.Exists("setpriv") && !File.Exists("/usr/bin/setpriv")) return;
        using RedirectNetwork network = new();
        using TemporaryFile config = new(RedirectNetwork.Config("tproxy"));
        (int exitCode, string output, string error) = network.Gateway.MultiExit(
            ["setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-all"], "run", "--config", config.Path);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("cannot be taken without CAP_NET_ADMIN", output + error, StringComparison.Ordinal);
    }

    private static async Task ServeAsync(string mode)
    {
        using RedirectNetwork network = new();
        using TemporaryFile config = new(RedirectNetwork.Config(mode));
        string before = network.Snapshot();
        network.Expect(7, "missing: the nftables table inet multiexit_redirect", "verify", config);
        network.Expect(0, "nft -f -", "plan", config);
        Assert.Equal(before, network.Snapshot());
        network.Expect(0, "nft: table inet multiexit_redirect", "apply", config);
        network.Expect(0, "everything is in place", "verify", config);
        string applied = network.Snapshot();
        network.Expect(0, "nothing to do", "apply", config);
        Assert.Equal(applied, network.Snapshot());

        int port = network.Target.TcpPort;
        using (NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Gateway, config.Path))
        {
            Assert.Equal(RedirectNetwork.ExitAddress, await RedirectNetwork.AskAsync(network.Client, GatewayNetwork.TargetIpv4, port));
            Assert.Equal("fd00:9::1", await RedirectNetwork.AskAsync(network.Client, GatewayNetwork.TargetIpv6, port));
            // What the gateway sends itself is not caught.
            Assert.Equal(RedirectNetwork.OwnAddress, await RedirectNetwork.AskAsync(network.Gateway, GatewayNetwork.TargetIpv4, port));
            // Whoever comes to the port itself is refused, by whichever address of the gateway.
            foreach (string own in (string[])["10.8.0.1", "fd00:8::1", RedirectNetwork.ExitAddress])
                Assert.True(string.IsNullOrEmpty(await RedirectNetwork.AskAsync(network.Client, IPAddress.Parse(own), RedirectNetwork.Port)), own);
            await proxy.LoggedAsync("it came to the listener itself");
            Assert.DoesNotContain("MX3009", proxy.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("MX2002", proxy.Log, StringComparison.Ordinal);
        }
        Assert.Equal(applied, network.Snapshot());
        // A second server finds the set-up as the first one has left it.
        using (await NamespaceProxy.StartAsync(network.Gateway, config.Path))
            Assert.Equal(RedirectNetwork.ExitAddress, await RedirectNetwork.AskAsync(network.Client, GatewayNetwork.TargetIpv4, port));

        network.Expect(0, "nft delete table", "remove", config);
        Assert.Equal(before, network.Snapshot());
        network.Expect(0, "nothing to do", "remove", config);
    }
}
