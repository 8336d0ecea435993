using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Chains and groups that are typed as gost's users type them, through proxies of other programs.</summary>
public sealed class ChainTests
{
    private const int Length = 1_000_000;

    [RequiresFact(ExternalTool.Curl, ExternalTool.Microsocks, ExternalTool.Danted, ExternalTool.ShadowsocksServer)]
    public async Task Three_hops_through_three_kinds_of_proxies_are_taken_in_their_order()
    {
        using HttpOrigin origin = new();
        using Microsocks first = await Microsocks.StartAsync();
        using Danted second = await Danted.StartAsync();
        using ShadowsocksServer third = await ShadowsocksServer.StartAsync("aes-256-gcm");
        string password = Uri.EscapeDataString(ShadowsocksServer.Password);
        using ProxyHost proxy = await ProxyHost.StartAsync(
            "-L", "auto://127.0.0.1:0", "-F", $"socks5://alice:wonder@{first.EndPoint}", "-F", $"socks://{second.EndPoint}",
            "-F", $"ss://aes-256-gcm:{password}@{third.EndPoint}#last");
        foreach (string scheme in (string[])["socks5h", "http"])
            await DownloadAsync(origin, $"{scheme}://{proxy.Address}");
        // Each one saw the next one as its target.
        Assert.Equal((true, false), (second.HasConnectedTo(third.EndPoint.Port), second.HasConnectedTo(origin.EndPoint.Port)));
        Assert.Contains($"127.0.0.1:{second.EndPoint.Port}", await first.EndAsync(), StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Microsocks, ExternalTool.Danted)]
    public async Task A_hop_of_several_hosts_passes_over_one_that_is_gone()
    {
        using HttpOrigin origin = new();
        using Danted first = await Danted.StartAsync();
        using Microsocks second = await Microsocks.StartAsync();
        using ProxyHost proxy = await ProxyHost.StartAsync(
            "-L=:0?private_destinations=allow", $"-F=socks5://127.0.0.1:{LocalServer.FreePort()},{first.EndPoint}?strategy=fifo",
            $"-F=socks5://alice:wonder@{second.EndPoint}");
        await DownloadAsync(origin, $"socks5h://127.0.0.1:{proxy.Port}");
        Assert.True(first.HasConnectedTo(second.EndPoint.Port));
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Danted)]
    public async Task A_converted_command_line_runs_as_the_command_line_does()
    {
        using TemporaryFolder folder = new();
        using HttpOrigin origin = new();
        using Danted hop = await Danted.StartAsync();
        (int exitCode, string document, string error) = await HostProcess.RunAsync("convert", "-L", "socks5://127.0.0.1:0", "-F", $"socks5://{hop.EndPoint}");
        Assert.Equal((0, ""), (exitCode, error));
        string file = Path.Combine(folder.Path, "made.yaml");
        await File.WriteAllTextAsync(file, document);
        using ProxyHost proxy = await ProxyHost.StartAsync("-C", file);
        await DownloadAsync(origin, $"socks5h://{proxy.Address}");
        Assert.True(hop.HasConnectedTo(origin.EndPoint.Port));
    }

    [RequiresFact(ExternalTool.PySocks)]
    public async Task Datagrams_are_forwarded_to_a_resolver()
    {
        using DnsServer dns = new(System.Net.IPAddress.Parse("192.0.2.7"));
        using ProxyHost proxy = await ProxyHost.StartAsync("-L", $"udp://127.0.0.1:0/127.0.0.1:{dns.Port}");
        // Python, which has sockets without a proxy as well.
        string answer = await PySocks.RunAsync($"""
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(20)
            s.sendto(bytes.fromhex('123401000001000000000000') + b'\x01a\x04test\x00\x00\x01\x00\x01', ('127.0.0.1', {proxy.Port}))
            data, source = s.recvfrom(512)
            print(data[:2].hex(), source[1] == {proxy.Port}, '.'.join(map(str, data[-4:])))
            """);
        Assert.Equal("1234 True 192.0.2.7", answer);
    }

    private static async Task DownloadAsync(HttpOrigin origin, string proxy)
    {
        (int exitCode, string hash) = await Curl.HashAsync("-x", proxy, $"{origin.Url}/bytes/{Length}");
        Assert.Equal((0, HttpOrigin.HashOf(Length)), (exitCode, hash));
    }
}
