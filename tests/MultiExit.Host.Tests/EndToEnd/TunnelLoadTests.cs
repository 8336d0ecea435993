using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Large and many through the tunnel: neither of its ends may grow with the amount.</summary>
public sealed class TunnelLoadTests
{
    private const long Gibibyte = 1L << 30;
    private const int Streams = 500;

    // From a process just started, with all its code still to be compiled: some 90 MiB, after which eight further gibibytes add nothing.
    private const long AllowedGrowthKiB = 128 * 1024;
    private const int Slack = 24;

    [RequiresFact(ExternalTool.Curl)]
    public async Task A_gibibyte_each_way_is_whole_and_memory_stays_bounded()
    {
        using HttpOrigin origin = new();
        using TunnelPair tunnel = await TunnelPair.StartAsync();
        string proxy = "socks5h://" + tunnel.Client.Address;
        (long client, long server) = (tunnel.Client.ResidentKiB, tunnel.Server.ResidentKiB);
        await BothWaysAsync(origin, proxy);
        Assert.InRange(tunnel.Client.PeakResidentKiB - client, 0, AllowedGrowthKiB);
        Assert.InRange(tunnel.Server.PeakResidentKiB - server, 0, AllowedGrowthKiB);
    }

    [Fact]
    public async Task Five_hundred_streams_at_once_are_all_served_and_leave_nothing_behind()
    {
        using EchoServer target = new();
        using TunnelPair tunnel = await TunnelPair.StartAsync();
        using (Socket first = await SocksClient.ConnectAsync(tunnel.Client.Port, target.EndPoint)) await SocksClient.EchoAsync(first);
        (int client, int server) = (tunnel.Client.Descriptors + Slack, tunnel.Server.Descriptors + Slack);
        List<Socket> streams = [];
        try
        {
            for (int batch = 0; batch < 10; batch++)
                streams.AddRange(await Task.WhenAll(Enumerable.Range(0, Streams / 10)
                    .Select(_ => SocksClient.ConnectAsync(tunnel.Client.Port, target.EndPoint))));
            // Each has a connection of its own at both ends, and none between them.
            Assert.InRange(tunnel.Client.Descriptors, Streams, (2 * Streams) - 1);
            Assert.InRange(tunnel.Server.Descriptors, Streams, (2 * Streams) - 1);
            await Task.WhenAll(streams.Select(SocksClient.EchoAsync));
        }
        finally
        {
            foreach (Socket stream in streams) stream.Close(0);
        }
        Assert.InRange(await tunnel.Client.SettleAsync(client), 0, client);
        Assert.InRange(await tunnel.Server.SettleAsync(server), 0, server);
    }

    private static async Task BothWaysAsync(HttpOrigin origin, string proxy)
    {
        string file = Path.GetTempFileName();
        try
        {
            await HttpOrigin.WriteFileAsync(file, Gibibyte);
            string expected = HttpOrigin.HashOf(Gibibyte);
            Assert.Equal((0, expected), await Curl.HashAsync("--proxy", proxy, $"{origin.Url}/bytes/{Gibibyte}"));
            (int exitCode, string hash, _) = await Curl.RunAsync("--upload-file", file, "--proxy", proxy, $"{origin.Url}/upload");
            Assert.Equal((0, expected), (exitCode, hash));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
