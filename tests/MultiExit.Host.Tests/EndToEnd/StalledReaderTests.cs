using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Five hundred clients that ask for an endless stream and read none of it: unread bytes are not taken from their sender.</summary>
public sealed class StalledReaderTests
{
    private const int Readers = 500;

    [Fact]
    public async Task A_proxy_holds_next_to_nothing_for_them()
    {
        using FloodServer target = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--listen", "mixed://127.0.0.1:0");
        long before = proxy.ResidentKiB;
        using Clients clients = await Clients.StallAsync(proxy.Port, target);
        Assert.InRange(proxy.ResidentKiB - before, long.MinValue, 64 * 1024);
    }

    [Fact]
    public async Task The_ends_of_a_tunnel_hold_a_window_for_each_at_most()
    {
        using FloodServer target = new();
        using TunnelPair tunnel = await TunnelPair.StartAsync();
        (long client, long server) = (tunnel.Client.ResidentKiB, tunnel.Server.ResidentKiB);
        using Clients clients = await Clients.StallAsync(tunnel.Client.Port, target);
        // First windows of 256 KiB, what windows may grow to (64 MiB a carrier, two carriers), and room for pooled buffers.
        Assert.InRange(tunnel.Client.ResidentKiB - client, long.MinValue, (Readers * 256) + (2 * 64 * 1024) + (64 * 1024));
        Assert.InRange(tunnel.Server.ResidentKiB - server, long.MinValue, 128 * 1024);
    }

    private sealed class Clients : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public static async Task<Clients> StallAsync(int proxy, FloodServer target)
        {
            Clients clients = new();
            for (int batch = 0; batch < 10; batch++)
                clients._sockets.AddRange(await Task.WhenAll(Enumerable.Range(0, Readers / 10).Select(_ => SocksClient.ConnectAsync(proxy, target.EndPoint))));
            await target.StallAsync();
            return clients;
        }

        public void Dispose()
        {
            foreach (Socket socket in _sockets) socket.Close(0);
        }
    }
}
