using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>A process in a group of 160 MiB, and clients that make it hold data that no reader takes.</summary>
public sealed class SmallMemoryTests
{
    private const long Memory = 160 << 20;
    private const long MostSent = 1L << 30;
    private const int SessionsOfEach = 100;
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(6);

    [CgroupFact("memory")]
    public async Task Three_connections_without_a_login_do_not_end_it()
    {
        using EchoServer echo = new();
        // A small buffer, so that the kernel takes little of the data that is sent to this listener.
        using Socket sink = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        sink.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        sink.Listen(2048); // the kernel completes the connections, and the test never accepts one
        using Cgroup group = Cgroup.Create("memory");
        group.LimitMemory(Memory);
        using TemporaryFile config = new("""
            inbounds:
              - { name: near, type: mixed, listen: "127.0.0.1:0" }
              - { name: ech, type: ech-tunnel, listen: "127.0.0.1:0", path: /tunnel, private_destinations: allow }
            limits: { connections: 5000, connections_per_client: 5000 }
            """);
        using ProxyHost proxy = await ProxyHost.StartInShellAsync(group.Join, "--config", config.Path);
        using Socket first = await SocksClient.ConnectAsync(proxy.PortOf(0), echo.EndPoint);
        ClientWebSocket[] carriers = [new(), new(), new()];
        try
        {
            await Task.WhenAll(carriers.Select(carrier => FillAsync(carrier, proxy.PortOf(1), (IPEndPoint)sink.LocalEndPoint!)));
            await proxy.LogLineAsync("MX1064");
            await SocksClient.EchoAsync(first);
            using Socket later = await SocksClient.ConnectAsync(proxy.PortOf(0), echo.EndPoint);
            await SocksClient.EchoAsync(later);
        }
        finally
        {
            foreach (ClientWebSocket carrier in carriers) carrier.Dispose();
        }
    }

    // Sends until the server stops reading from the carrier.
    private static async Task FillAsync(ClientWebSocket carrier, int port, IPEndPoint target)
    {
        await carrier.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/tunnel"), CancellationToken.None).WaitAsync(HostProcess.Limit);
        byte[][] heads = new byte[SessionsOfEach][];
        for (int i = 0; i < heads.Length; i++)
        {
            Guid id = Guid.NewGuid();
            heads[i] = Encoding.ASCII.GetBytes($"DATA:{id}|");
            await carrier.SendAsync(Encoding.ASCII.GetBytes($"TCP:{id}|{target}|"), WebSocketMessageType.Text, true, CancellationToken.None)
                .WaitAsync(HostProcess.Limit);
        }
        byte[] data = new byte[32 * 1024];
        for (long sent = 0; sent < MostSent; sent += data.Length)
        {
            byte[] head = heads[sent / data.Length % heads.Length];
            head.CopyTo(data, 0);
            try
            {
                await carrier.SendAsync(data, WebSocketMessageType.Binary, true, CancellationToken.None).WaitAsync(Stalled);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
        Assert.Fail("everything was taken, so the limit was not put to the test");
    }
}
