using System.Globalization;
using System.Text.RegularExpressions;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>With a resolver over HTTPS and its address no plain DNS packet leaves.</summary>
public sealed partial class DohLeakTests
{
    private static int _count;

    [NamespaceFact(ExternalTool.Named, ExternalTool.Curl)]
    public async Task No_plain_query_leaves_when_the_address_is_given()
    {
        using NamespaceHost host = new($"multiexit-{Environment.ProcessId}-doh{Interlocked.Increment(ref _count)}");
        // Every packet to port 53 of any host, this host's own resolver included, is counted and dropped.
        host.Do("nft add table inet count");
        host.Do("nft add chain inet count out { type filter hook output priority 0 ; }");
        host.Do("nft add rule inet count out udp dport 53 counter drop");
        host.Do("nft add rule inet count out tcp dport 53 counter drop");
        // Where the resolver of the system is asked, its packets have somewhere to go.
        host.Do("ip route add default dev lo");
        using BindServer bind = await BindServer.StartAsync("www A 127.0.0.1\n", host.Name);
        using HttpOrigin origin = host.Make(() => new HttpOrigin());

        Assert.Equal(0, await FetchAsync(host, bind, origin, "bootstrap: 127.0.0.1"));
        Assert.Equal(0, Packets(host));

        // And the counter works.
        Assert.NotEqual(0, await FetchAsync(host, bind, origin, null));
        Assert.NotEqual(0, Packets(host));
    }

    private static async Task<int> FetchAsync(NamespaceHost host, BindServer bind, HttpOrigin origin, string? bootstrap)
    {
        using TemporaryFile config = new(
            $$"""
            inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
            dns: { doh: "https://{{BindServer.Host}}:{{bind.Port}}/dns-query", ca: {{bind.CaFile}}{{(bootstrap is null ? "" : ", " + bootstrap)}} }
            limits: { connect_timeout: 10s }
            """);
        using ProxyHost proxy = await ProxyHost.StartInAsync(host.Name, "--config", config.Path);
        return Command.Run("ip", "netns", "exec", host.Name, "curl", "-sf", "-o", "/dev/null", "--max-time", "20",
            "--proxy", "socks5h://" + proxy.Address, $"http://www.example:{origin.EndPoint.Port}/bytes/10").ExitCode;
    }

    private static int Packets(NamespaceHost host) =>
        Counter().Matches(host.Do("nft list table inet count")).Sum(match => int.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"counter packets (?<n>\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Counter();
}
