using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>A process that may have few descriptors, and clients that would take them all.</summary>
public sealed class DescriptorTests
{
    private const int Few = 256;
    private const int Reserve = 32;
    private const int Clients = 400;

    [LinuxTheory]
    [InlineData("silent")]
    [InlineData("connect")]
    [InlineData("kept-alive")]
    [InlineData("udp")]
    public async Task Four_hundred_clients_neither_end_it_nor_the_session_before_them(string kind)
    {
        using EchoServer echo = new();
        using HttpOrigin web = new();
        using ProxyHost proxy = await ProxyHost.StartWithDescriptorsAsync(Few, "--listen", "mixed://127.0.0.1:0");
        using Socket first = await SocksClient.ConnectAsync(proxy.Port, echo.EndPoint);
        byte[] request = RequestOf(kind, echo.EndPoint, web);
        List<Socket> clients = [];
        try
        {
            while (clients.Count < Clients)
            {
                Socket client = new(SocketType.Stream, ProtocolType.Tcp);
                clients.Add(client);
                // Accepted or in the backlog, which is the same to a client.
                await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)).WaitAsync(HostProcess.Limit);
                if (request.Length > 0) await client.SendAsync(request);
            }
            await proxy.LogLineAsync("MX1061");
            await SocksClient.EchoAsync(first);
            Assert.InRange(proxy.Descriptors, 0, Few - Reserve + 1);
        }
        finally
        {
            foreach (Socket client in clients) client.Close(0);
        }
        using Socket later = await SocksClient.ConnectAsync(proxy.Port, echo.EndPoint);
        await SocksClient.EchoAsync(later);
        await proxy.LogLineAsync("MX1062");
        await SocksClient.EchoAsync(first);
    }

    [LinuxFact]
    public async Task Streams_of_a_carrier_are_refused_when_no_descriptor_is_left_for_their_targets()
    {
        using EchoServer echo = new();
        using TunnelPair pair = await TunnelPair.StartAsync(serverDescriptors: Few);
        using Socket first = await SocksClient.ConnectAsync(pair.Client.Port, echo.EndPoint);
        List<Socket> streams = [];
        int refused = 0;
        try
        {
            for (int i = 0; i < Few; i++)
            {
                try
                {
                    streams.Add(await SocksClient.ConnectAsync(pair.Client.Port, echo.EndPoint));
                }
                catch (InvalidOperationException)
                {
                    refused++;
                }
            }
            Assert.InRange(refused, 1, Few - 1);
            Assert.Contains("no descriptor is left", await pair.Server.LogLineAsync("MX3000"), StringComparison.Ordinal);
            Assert.InRange(pair.Server.Descriptors, 0, Few - Reserve + 1);
            await SocksClient.EchoAsync(first);
        }
        finally
        {
            foreach (Socket stream in streams) stream.Close(0);
        }
    }

    private static byte[] RequestOf(string kind, IPEndPoint target, HttpOrigin web) => kind switch
    {
        "connect" => [5, 1, 0, 5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port],
        "kept-alive" => Encoding.ASCII.GetBytes($"GET {web.Url}/bytes/10 HTTP/1.1\r\nHost: {web.EndPoint}\r\n\r\n"),
        "udp" => [5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0],
        _ => [],
    };
}
