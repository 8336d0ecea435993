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

    // No other server of the methods of 2022 is at hand; ours stands between two others, which see it.
    [RequiresTheory(ExternalTool.Curl, ExternalTool.Microsocks, ExternalTool.Danted)]
    [InlineData("2022-blake3-aes-128-gcm", "AAECAwQFBgcICQoLDA0ODw==", "EBESExQVFhcYGRobHB0eHw==")]
    [InlineData("2022-blake3-aes-256-gcm", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=")]
    public async Task A_user_of_a_shadowsocks_server_is_known_in_the_middle_of_a_chain(string method, string key, string alice)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "middle.yaml");
        await File.WriteAllTextAsync(file, $$"""
            inbounds:
              - name: ss
                type: shadowsocks
                listen: "127.0.0.1:0"
                method: {{method}}
                password: "{{key}}"
                udp: false
                users: { alice: { psks: { phone: "{{alice}}" } } }
            logging: { access: { file: access.log } }
            """);
        using HttpOrigin origin = new();
        using Microsocks first = await Microsocks.StartAsync();
        using ProxyHost middle = await ProxyHost.StartAsync("-C", file);
        using Danted third = await Danted.StartAsync();
        string[] chain(string secret) =>
        [
            "-L", "auto://127.0.0.1:0", "-F", $"socks5://alice:wonder@{first.EndPoint}", "-F", $"ss://{method}:{Uri.EscapeDataString(secret)}@{middle.Address}",
            "-F", $"socks5://{third.EndPoint}",
        ];
        using (ProxyHost proxy = await ProxyHost.StartAsync(chain($"{key}:{alice}"))) await DownloadAsync(origin, $"socks5h://{proxy.Address}");
        Assert.True(third.HasConnectedTo(origin.EndPoint.Port));
        string session = await FirstLineAsync(folder.Path, "access*");
        Assert.Contains($" alice tcp 127.0.0.1:{third.EndPoint.Port} direct ", session, StringComparison.Ordinal);
        Assert.Contains(" login=psk:phone ", session, StringComparison.Ordinal);
        // The key of the inbound alone is nobody's.
        using (ProxyHost stranger = await ProxyHost.StartAsync(chain(key)))
            Assert.NotEqual(0, (await Curl.RunAsync("-x", $"socks5h://{stranger.Address}", $"{origin.Url}/bytes/1")).ExitCode);
        Assert.Contains($"127.0.0.1:{middle.Port}", await first.EndAsync(), StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.Microsocks, ExternalTool.Danted)]
    public async Task A_hop_of_several_hosts_passes_over_one_that_is_gone()
    {
        using HttpOrigin origin = new();
        using Danted first = await Danted.StartAsync();
        using Microsocks second = await Microsocks.StartAsync();
        using ClosedPort gone = new();
        using ProxyHost proxy = await ProxyHost.StartAsync(
            "-L=:0?private_destinations=allow", $"-F=socks5://{gone.EndPoint},{first.EndPoint}?strategy=fifo",
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

    // A session is written after its end.
    private static async Task<string> FirstLineAsync(string folder, string files)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        using CancellationTokenSource limit = new(HostProcess.Limit);
        while (true)
        {
            if (Directory.GetFiles(folder, files).SelectMany(File.ReadAllLines).FirstOrDefault() is { Length: > 0 } line) return line;
            await poll.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task DownloadAsync(HttpOrigin origin, string proxy)
    {
        (int exitCode, string hash) = await Curl.HashAsync("-x", proxy, $"{origin.Url}/bytes/{Length}");
        Assert.Equal((0, HttpOrigin.HashOf(Length)), (exitCode, hash));
    }
}
