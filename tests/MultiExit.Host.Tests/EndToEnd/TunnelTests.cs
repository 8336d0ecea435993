using System.Net;
using System.Security.Cryptography;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Client, local proxy, tunnel, server, target: the rules of a proxy hold through both.</summary>
public sealed class TunnelTests
{
    private const int Length = 3_000_000;

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("chacha20-poly1305")]
    [InlineData("aes-256-gcm")]
    [InlineData("tls")]
    public async Task Each_method_carries_downloads(string method)
    {
        using HttpOrigin origin = new();
        using TunnelPair tunnel = await TunnelPair.StartAsync(method);
        foreach (string scheme in (string[])["socks5h://", "http://"])
            Assert.Equal((0, HttpOrigin.HashOf(Length)), await Curl.HashAsync("--proxy", scheme + tunnel.Client.Address, $"{origin.Url}/bytes/{Length}"));
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task A_refused_target_is_told_to_the_far_client()
    {
        using TunnelPair tunnel = await TunnelPair.StartAsync();
        using ClosedPort gone = new();
        (int exitCode, _, string error) = await Curl.RunAsync("--proxy", "socks5h://" + tunnel.Client.Address, $"http://{gone.EndPoint}");
        Assert.Equal(97, exitCode);
        Assert.Contains("(5)", error, StringComparison.Ordinal); // RFC 1928 section 6: connection refused
    }

    [RequiresFact(ExternalTool.PySocks)]
    public async Task A_dns_query_goes_through()
    {
        using DnsServer dns = new(IPAddress.Parse("192.0.2.7"));
        using TunnelPair tunnel = await TunnelPair.StartAsync();
        Assert.Equal("1234 True 192.0.2.7", await PySocks.QueryAsync(tunnel.Client.Port, dns.Port));
    }

    [RequiresFact(ExternalTool.PySocks)]
    public async Task A_client_that_ends_its_direction_first_gets_all_of_the_answer()
    {
        byte[] answer = RandomNumberGenerator.GetBytes(Length);
        using HalfCloseTarget target = new(answer, sendsFirst: false);
        using TunnelPair tunnel = await TunnelPair.StartAsync();
        Assert.Equal(HashOf(answer), await PySocks.SendThenReceiveAsync(tunnel.Client.Port, target.EndPoint, Length));
        Assert.Equal(HashOf(new byte[Length]), await target.Received.WaitAsync(Curl.Limit));
    }

    [RequiresFact(ExternalTool.PySocks)]
    public async Task A_target_that_ends_its_direction_first_gets_all_that_follows()
    {
        byte[] answer = RandomNumberGenerator.GetBytes(Length);
        using HalfCloseTarget target = new(answer, sendsFirst: true);
        using TunnelPair tunnel = await TunnelPair.StartAsync();
        Assert.Equal(HashOf(answer), await PySocks.ReceiveThenSendAsync(tunnel.Client.Port, target.EndPoint, Length));
        Assert.Equal(HashOf(new byte[Length]), await target.Received.WaitAsync(Curl.Limit));
    }

    private static string HashOf(byte[] data) => Convert.ToHexString(SHA256.HashData(data));
}
