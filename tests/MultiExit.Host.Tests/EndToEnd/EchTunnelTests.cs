using System.Net;
using System.Security.Cryptography;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The letters of seed D: proxy, ECH tunnel over wss, server, target; against each other, with clients that are no part of this project.</summary>
public sealed class EchTunnelTests
{
    private const int Length = 3_000_000;

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("auto")]
    [InlineData("plain")]
    public async Task Proxy_mode(string format)
    {
        using HttpOrigin first = new();
        using HttpOrigin second = new();
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, "proxy://user:pass@127.0.0.1:0", format);
        foreach (string scheme in (string[])["socks5h://", "http://"])
            Assert.Equal((0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", $"{scheme}user:pass@{client.Address}", $"{first.Url}/bytes/{Length}"));
        // A field in lower case, and a second host on the same connection to the proxy.
        (int exitCode, string output, _) = await Curl.RunAsync(
            "--proxy", $"http://user:pass@{client.Address}", "-X", "PUT", "-H", "content-length: 5", "--data-binary", "hello", $"{first.Url}/a",
            "--next", "--proxy", $"http://user:pass@{client.Address}", "--silent", $"{second.Url}/bytes/0");
        Assert.Equal((0, Convert.ToHexString(SHA256.HashData("hello"u8))), (exitCode, output.Trim()));
        Assert.Single(second.Peers);
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task Forward_mode_with_several_targets()
    {
        using HttpOrigin first = new();
        using HttpOrigin second = new();
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, $"tcp://127.0.0.1:0/{first.EndPoint},127.0.0.1:0/{second.EndPoint}", "auto");
        foreach ((string _, string address) in client.Listeners)
            Assert.Equal((0, HttpOrigin.HashOf(10)), await Curl.HashAsync($"http://{address}/bytes/10"));
        Assert.Single(first.Peers);
        Assert.Single(second.Peers);
    }

    [RequiresTheory(ExternalTool.PySocks)]
    [InlineData("auto")]
    [InlineData("plain")]
    public async Task A_dns_query_goes_through(string format)
    {
        using DnsServer dns = new(IPAddress.Parse("192.0.2.7"));
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, "proxy://127.0.0.1:0", format);
        Assert.Equal("1234 True 192.0.2.7", await PySocks.QueryAsync(client.Port, dns.Port));
    }

    [RequiresFact(ExternalTool.PySocks)]
    public async Task A_client_that_ends_its_direction_first_gets_all_of_the_answer()
    {
        byte[] answer = RandomNumberGenerator.GetBytes(Length);
        using HalfCloseTarget target = new(answer, sendsFirst: false);
        using ProxyHost server = await ServeAsync();
        using ProxyHost client = await ConnectAsync(server, "proxy://127.0.0.1:0", "auto");
        Assert.Equal(Convert.ToHexString(SHA256.HashData(answer)), await PySocks.SendThenReceiveAsync(client.Port, target.EndPoint, Length));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(new byte[Length])), await target.Received.WaitAsync(Curl.Limit));
    }

    private static Task<ProxyHost> ServeAsync() =>
        ProxyHost.StartAsync("-l", "wss://127.0.0.1:0/tunnel", "-token", "mytoken", "-cidr", "10.0.0.0/8,127.0.0.0/8");

    private static Task<ProxyHost> ConnectAsync(ProxyHost server, string listen, string format) => ProxyHost.StartAsync(
        "-l", listen, "-f", $"wss://localhost:{server.Port}/tunnel?insecure=true&format={format}", "-ip", "127.0.0.1", "-token", "mytoken", "-n", "2");
}
