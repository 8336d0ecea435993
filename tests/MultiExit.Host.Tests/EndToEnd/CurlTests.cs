using System.Net;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The proxy through the eyes of curl.</summary>
public sealed class CurlTests
{
    private const int Megabyte = 1_000_000;

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("socks5h://")]
    [InlineData("socks5://")]
    [InlineData("http://")]
    public async Task Downloads_through_each_proxy_protocol(string scheme)
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0");
        (int exitCode, string hash) = await Curl.HashAsync("--proxy", scheme + proxy.Address, $"{origin.Url}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task Tunnels_through_http_connect()
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "http://127.0.0.1:0");
        (int exitCode, string hash) = await Curl.HashAsync("--proxytunnel", "--proxy", "http://" + proxy.Address, $"{origin.Url}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
    }

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("socks5h://")]
    [InlineData("http://")]
    public async Task Resolves_names_at_the_proxy(string scheme)
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0");
        (int exitCode, string hash) = await Curl.HashAsync(
            "--proxy", scheme + proxy.Address, $"http://localhost:{origin.EndPoint.Port}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
    }

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("socks5h://")]
    [InlineData("http://")]
    public async Task Speaks_ipv6_on_both_sides(string scheme)
    {
        using HttpOrigin origin = new(IPAddress.IPv6Loopback);
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://[::1]:0");
        (int exitCode, string hash) = await Curl.HashAsync("--proxy", scheme + proxy.Address, $"{origin.Url}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
    }

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("socks5h://", 97)]
    [InlineData("http://", 0)]
    public async Task Asks_for_user_and_password(string scheme, int refused)
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://alice:s%40cret@127.0.0.1:0");
        string url = $"{origin.Url}/bytes/10";
        Assert.Equal(0, (await Curl.RunAsync("--output", "/dev/null", "--proxy", $"{scheme}alice:s%40cret@{proxy.Address}", url)).ExitCode);
        (int exitCode, string status, _) = await Curl.RunAsync(
            "--output", "/dev/null", "--write-out", "%{http_code}", "--proxy", $"{scheme}alice:wrong@{proxy.Address}", url);
        Assert.Equal((refused, refused == 0 ? "407" : "000"), (exitCode, status));
    }

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("socks5h://", 97)]
    [InlineData("http://", 56)]
    public async Task A_refused_target_is_told_to_the_client(string scheme, int expected)
    {
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0");
        using ClosedPort gone = new();
        (int exitCode, _, string error) = await Curl.RunAsync("--proxytunnel", "--proxy", scheme + proxy.Address, $"http://{gone.EndPoint}");
        Assert.Equal(expected, exitCode);
        Assert.Contains(scheme == "http://" ? "502" : "(5)", error, StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task Goes_on_through_another_proxy()
    {
        using HttpOrigin origin = new();
        using ProxyHost far = await ProxyHost.StartAsync("--listen", "socks5://u:p@127.0.0.1:0");
        using ProxyHost middle = await ProxyHost.StartAsync("--listen", "http://127.0.0.1:0", "--forward", $"socks5://u:p@{far.Address}");
        using ProxyHost near = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0", "--forward", $"http://{middle.Address}");
        (int exitCode, string hash) = await Curl.HashAsync("--proxy", "socks5h://" + near.Address, $"{origin.Url}/bytes/{Megabyte}");
        Assert.Equal((0, HttpOrigin.HashOf(Megabyte)), (exitCode, hash));
    }
}
