using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Large and many: nothing may grow that does not shrink again.</summary>
public sealed class LoadTests
{
    private const long Gibibyte = 1L << 30;
    private const long AllowedGrowthKiB = 64 * 1024;

    // The descriptors that the runtime opens for itself along the way: files of assemblies, epoll sets, pipes.
    private const int Slack = 24;

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("socks5h://")]
    [InlineData("http://")]
    public async Task A_gibibyte_each_way_is_whole_and_needs_no_memory(string scheme)
    {
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0");
        string file = Path.GetTempFileName();
        try
        {
            await HttpOrigin.WriteFileAsync(file, Gibibyte);
            string expected = HttpOrigin.HashOf(Gibibyte);
            await Curl.RunAsync("--output", "/dev/null", "--proxy", scheme + proxy.Address, $"{origin.Url}/bytes/1000000");
            long before = proxy.ResidentKiB;
            Assert.Equal((0, expected), await Curl.HashAsync("--proxy", scheme + proxy.Address, $"{origin.Url}/bytes/{Gibibyte}"));
            (int exitCode, string hash, _) = await Curl.RunAsync(
                "--upload-file", file, "--proxy", scheme + proxy.Address, $"{origin.Url}/upload");
            Assert.Equal((0, expected), (exitCode, hash));
            Assert.InRange(proxy.PeakResidentKiB - before, 0, AllowedGrowthKiB);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Ten_thousand_connections_one_after_another_leave_nothing_behind()
    {
        using EchoServer target = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0");
        int descriptors = proxy.Descriptors + Slack;
        // The garbage collector lets a process grow to its usual size over the first thousands.
        for (int i = 0; i < 5_000; i++) await EchoOnceAsync(proxy, target);
        long memory = proxy.ResidentKiB;
        for (int i = 0; i < 10_000; i++) await EchoOnceAsync(proxy, target);
        Assert.InRange(await proxy.SettleAsync(descriptors), 0, descriptors);
        Assert.InRange(proxy.ResidentKiB - memory, long.MinValue, AllowedGrowthKiB);
    }

    [Fact]
    public async Task Two_thousand_connections_at_once_are_all_served_and_leave_nothing_behind()
    {
        using EchoServer target = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0");
        int descriptors = proxy.Descriptors + Slack;
        await EchoOnceAsync(proxy, target);
        long memory = proxy.ResidentKiB;
        List<Socket> clients = [];
        try
        {
            for (int batch = 0; batch < 20; batch++)
                clients.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SocksClient.ConnectAsync(proxy.Port, target.EndPoint))));
            Assert.InRange(proxy.Descriptors, 4000, int.MaxValue);
            await Task.WhenAll(clients.Select(SocksClient.EchoAsync));
            Assert.InRange(proxy.ResidentKiB - memory, long.MinValue, AllowedGrowthKiB);
        }
        finally
        {
            foreach (Socket client in clients) client.Close(0);
        }
        Assert.InRange(await proxy.SettleAsync(descriptors), 0, descriptors);
    }

    private static async Task EchoOnceAsync(ProxyHost proxy, EchoServer target)
    {
        using Socket client = await SocksClient.ConnectAsync(proxy.Port, target.EndPoint);
        await SocksClient.EchoAsync(client);
        client.Close(0);
    }
}
