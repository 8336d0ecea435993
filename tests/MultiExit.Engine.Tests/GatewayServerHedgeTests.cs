using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>Hedged dials of a running server, over real sockets.</summary>
public sealed class GatewayServerHedgeTests
{
    private const int Clients = 40;

    [Fact]
    public async Task With_a_black_hole_before_it_the_next_exit_serves_all_and_the_target_gets_each_byte_once()
    {
        using TcpListener target = Listen(), hole = Listen(); // what is not accepted connects, and gets no answer
        ConcurrentBag<string> got = [];
        Task serving = ServeAsync(target, got);
        await using TestGateway gateway = await TestGateway.StartAsync(Config(Port(hole), "hedge: 20ms"));
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => AskAsync(gateway.EndPoint, Port(target), $"request {i:00}\n")));
        Assert.Equal(Enumerable.Range(0, Clients).Select(i => $"request {i:00}"), got.Order(StringComparer.Ordinal));
        Assert.Equal(Clients, gateway.Server.GetExits().Single(exit => exit.Name == "good").Dials);
        target.Stop();
        await serving;
    }

    [Fact]
    public async Task An_explanation_names_the_hedge()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(9, "hedge: auto"));
        RouteExplanation route = await gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(IPEndPoint.Parse("192.0.2.1:443")), Client = IPAddress.Loopback });
        Assert.Equal("auto", route.Exit.Hedge);
    }

    [Theory]
    [InlineData("hedge: off", null)]
    [InlineData("hedge: auto", "auto")]
    [InlineData("hedge: 300ms", "300ms")]
    public void A_group_says_when_it_hedges(string key, string? setting) => Assert.Equal(setting, Config(9, key).Groups[0].Hedge?.ToString());

    [Theory]
    [InlineData("hedge: soon", "off, auto or a duration")]
    [InlineData("hedge: 2m", "expected 1ms to 30s")]
    [InlineData("hedge: [auto]", "off, auto or a duration")]
    public void Another_value_is_an_error_that_says_what_is_allowed(string key, string expected) =>
        Assert.Contains(expected, Assert.Single(ConfigAssert.Errors(Document(9, key))).Message, StringComparison.Ordinal);

    private static GatewayConfig Config(int hole, string hedge) => ConfigAssert.Valid(Document(hole, hedge));

    private static string Document(int hole, string hedge) => $$"""
        inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0" }]
        exits:
          - { name: dead, type: socks5, server: "127.0.0.1:{{hole}}" }
          - { name: good, type: direct }
        groups: [{ name: pool, strategy: failover, exits: [dead, good], {{hedge}} }]
        default: pool
        """;

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start(256);
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    // The client sends its request together with what it wants to say to the target.
    private static async Task AskAsync(IPEndPoint proxy, int port, string line)
    {
        using TcpClient client = new();
        await client.ConnectAsync(proxy);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port, .. Encoding.ASCII.GetBytes(line)]);
        client.Client.Shutdown(SocketShutdown.Send);
        using StreamReader reader = new(stream, Encoding.Latin1);
        Assert.EndsWith("bye\n", await reader.ReadToEndAsync().WaitAsync(TestTransports.Patience), StringComparison.Ordinal);
    }

    private static async Task ServeAsync(TcpListener listener, ConcurrentBag<string> got)
    {
        List<Task> connections = [];
        try
        {
            while (true) connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync()));
        }
        catch (SocketException)
        {
            await Task.WhenAll(connections);
        }

        async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                using StreamReader reader = new(client.GetStream(), Encoding.ASCII, leaveOpen: true);
                string all = await reader.ReadToEndAsync();
                if (all.Length > 0) got.Add(all.TrimEnd('\n'));
                await client.GetStream().WriteAsync("bye\n"u8.ToArray());
            }
        }
    }
}
