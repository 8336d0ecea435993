using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Rules on names for clients that ask for addresses.</summary>
public sealed class GatewayServerSniffTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "wan2")]
    [InlineData("GET / HTTP/1.1\r\nHost: b.example\r\n\r\n", "wan1")]
    [InlineData("SSH-2.0-client\r\n", "wan1")]
    public async Task The_name_in_the_first_bytes_decides_and_nothing_of_them_is_lost(string sent, string exit)
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        await client.WriteAsync(Encoding.ASCII.GetBytes(sent));
        Assert.Equal(sent, Encoding.ASCII.GetString(await ReadAsync(client, sent.Length)));
        Assert.Equal(exit, gateway.Server.GetSessions()[0].Exit);
    }

    [Fact]
    public async Task The_name_of_a_TLS_client_decides_also_when_it_comes_in_pieces()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(TimeSpan.FromSeconds(5)));
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        byte[] hello = await SniffedNameTests.HelloAsync("a.example");
        await client.WriteAsync(hello.AsMemory(0, 40));
        await client.WriteAsync(hello.AsMemory(40));
        Assert.Equal(hello, await ReadAsync(client, hello.Length));
        Assert.Equal("wan2", gateway.Server.GetSessions()[0].Exit);
    }

    [Fact]
    public async Task A_server_that_speaks_first_is_reached_though_the_client_sends_nothing()
    {
        using ScriptedOrigin target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(TimeSpan.FromMilliseconds(10)));
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        using TextPeer server = await target.AcceptedAsync();
        await server.SendAsync("220 ready\r\n");
        Assert.Equal("220 ready\r\n", Encoding.ASCII.GetString(await ReadAsync(client, 11)));
        Assert.Equal("wan1", gateway.Server.GetSessions()[0].Exit);
    }

    [Fact]
    public async Task A_client_that_is_told_it_is_connected_is_cut_when_the_dial_fails()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config() with
        {
            Routes = [new RouteConfig { Domains = ["a.example"], Sniffed = true, Exit = "block" }],
        });
        await using EchoTarget target = new();
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8.ToArray());
        byte[] buffer = new byte[1];
        await Assert.ThrowsAnyAsync<IOException>(async () => await client.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience));
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Sessions == 0);
        Assert.Equal(1, gateway.Server.GetStatus().Failed);
    }

    [Fact]
    public async Task A_rule_before_that_matches_lets_nobody_wait()
    {
        using ScriptedOrigin target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(TimeSpan.FromSeconds(5)) with
        {
            Routes =
            [
                new RouteConfig { Ports = [new((ushort)target.EndPoint.Port, (ushort)target.EndPoint.Port)], Exit = "wan1" },
                new RouteConfig { Domains = ["a.example"], Sniffed = true, Exit = "wan2" },
            ],
        });
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        // It is served before the client has its answer, which is not so where bytes of the client are waited for.
        Assert.Equal("wan1", gateway.Server.GetSessions()[0].Exit);
    }

    [Fact]
    public async Task An_explanation_says_that_it_depends_on_the_first_bytes()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config());
        RouteExplanation told = await gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 443)), Client = IPAddress.Loopback });
        Assert.Equal(RouteOutcome.Undecided, told.Outcome);
        Assert.Equal("domains: the destination is an address; the name is known when the client has sent its first bytes", told.Rules[0].Reason);
    }

    private static GatewayConfig Config(TimeSpan? patience = null) => TestGateway.Mixed(
        patience is { } wait ? new LimitsConfig { SniffTimeout = wait } : new LimitsConfig { SniffTimeout = TimeSpan.FromSeconds(5) }) with
    {
        Exits = [new DirectExitConfig { Name = "wan1" }, new DirectExitConfig { Name = "wan2" }], Default = "wan1",
        Routes = [new RouteConfig { Domains = ["a.example"], Sniffed = true, Exit = "wan2" }],
    };

    private static async Task<byte[]> ReadAsync(SocketStream client, int length)
    {
        byte[] read = new byte[length];
        await client.ReadExactlyAsync(read).AsTask().WaitAsync(TestTransports.Patience);
        return read;
    }
}
