using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>The number of UDP associations of a client, a user and an inbound, whatever protocol the inbound speaks.</summary>
public sealed class GatewayServerUdpLimitsTests
{
    private static readonly UserConfig[] Users = [new("alice", new Secret("secret")), new("bob", new Secret("secret"))];

    public static TheoryData<string, string> Socks5Cases => new()
    {
        { "socks5", "client" }, { "socks5", "user" }, { "socks5", "inbound" }, { "mixed", "client" }, { "mixed", "user" }, { "mixed", "inbound" },
    };

    [Theory, MemberData(nameof(Socks5Cases))]
    public async Task A_limit_holds_for_associations_over_socks5(string type, string scope)
    {
        IPEndPoint any = new(IPAddress.Loopback, 0);
        InboundConfig inbound = type == "mixed"
            ? new MixedInboundConfig { Name = "edge", Listen = any, Users = Users }
            : new Socks5InboundConfig { Name = "edge", Listen = any, Users = Users };
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig { Inbounds = [inbound], Limits = One(scope) });
        (SocketStream first, byte reply) = await Socks5Associating.AssociateAsync(gateway, "alice");
        Assert.Equal(0, reply);
        (SocketStream second, reply) = await Socks5Associating.AssociateAsync(gateway, "alice");
        Assert.Equal(2, reply); // not allowed
        (SocketStream other, reply) = await Socks5Associating.AssociateAsync(gateway, "bob");
        Assert.Equal(scope == "user" ? 0 : 2, reply);
        Assert.Equal(scope == "user" ? 1 : 2, gateway.Server.GetStatus().Rejected);
        // The limit is for associations, not for connections.
        await using EchoTarget target = new();
        await using SocketStream connection = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        foreach (SocketStream client in new[] { first, second, other }) await client.DisposeAsync();
        await Wait.UntilAsync(async () =>
        {
            (SocketStream next, byte answer) = await Socks5Associating.AssociateAsync(gateway, "alice");
            await next.DisposeAsync();
            return answer == 0;
        });
    }

    [Fact]
    public async Task A_refused_association_counts_where_a_refused_connection_does()
    {
        LimitsConfig limits = new() { PerUser = new ScopeLimits { Connections = 1 } }; // associations are among them
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(limits, Users));
        await using EchoTarget target = new();
        await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        await Assert.ThrowsAnyAsync<Exception>(() => gateway.ConnectThroughAsync(target.EndPoint, "alice"));
        Assert.Equal((2, 1, 1), Totals());
        (SocketStream association, byte reply) = await Socks5Associating.AssociateAsync(gateway, "alice");
        await using (association) Assert.Equal(2, reply);
        Assert.Equal((3, 2, 2), Totals());

        (long Sessions, long Rejected, long Failed) Totals()
        {
            ServerStatus status = gateway.Server.GetStatus();
            return (status.TotalSessions, status.Rejected, status.Failed);
        }
    }

    [Theory]
    [InlineData("tunnel", "client")]
    [InlineData("tunnel", "inbound")]
    [InlineData("ech-tunnel", "client")]
    [InlineData("ech-tunnel", "inbound")]
    public async Task A_limit_holds_for_associations_over_the_frames_of_the_tunnel(string type, string scope)
    {
        GatewayConfig config = type == "tunnel" ? TunnelPair.ServerConfig(TunnelPair.Inbound()) : new GatewayConfig { Inbounds = [EchTunnelPair.Inbound()] };
        config = config with { Inbounds = [config.Inbounds[0] with { Name = "edge" }], Limits = One(scope) };
        await using TestGateway server = await TestGateway.StartAsync(config);
        ExitConfig exit = type == "tunnel" ? TunnelPair.Exit(server.EndPoint) : EchTunnelPair.Exit(server.EndPoint);
        await using PortableTransport transport = new();
        await using ExitSet exits = ExitFactory.Build(
            new GatewayConfig { Exits = [exit] }, transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
        UdpOpenResult first = await OpenAsync(exits.Get(exit.Name));
        Assert.True(first.Succeeded, first.Detail);
        UdpOpenResult second = await OpenAsync(exits.Get(exit.Name));
        Assert.Equal(DialFailure.NotAllowed, second.Failure);
        await first.Flow!.DisposeAsync();
        await Wait.UntilAsync(async () =>
        {
            UdpOpenResult next = await OpenAsync(exits.Get(exit.Name));
            if (next.Flow is { } flow) await flow.DisposeAsync();
            return next.Succeeded;
        });
    }

    [Theory]
    [InlineData("client")]
    [InlineData("inbound")]
    public async Task A_limit_holds_for_associations_of_a_deployed_ech_tunnel_client(string scope)
    {
        await using TestGateway server = await TestGateway.StartAsync(new GatewayConfig { Inbounds = [EchTunnelPair.Inbound()], Limits = One(scope) });
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string first = Guid.NewGuid().ToString();
        await client.SendTextAsync($"UDP_CONNECT:{first}|127.0.0.1:9");
        Assert.Equal($"TUDP_CONNECTED:{first}", await client.ReceiveAsync());
        string second = Guid.NewGuid().ToString();
        await client.SendTextAsync($"UDP_CONNECT:{second}|127.0.0.1:9");
        Assert.StartsWith($"TUDP_ERROR:{second}|", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    private static Task<UdpOpenResult> OpenAsync(IExit exit) => exit.OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);

    private static LimitsConfig One(string scope)
    {
        ScopeLimits one = new() { Associations = 1 };
        return scope switch
        {
            "client" => new LimitsConfig { PerClient = one },
            "user" => new LimitsConfig { PerUser = one },
            _ => new LimitsConfig { Inbounds = new Dictionary<string, ScopeLimits>(StringComparer.Ordinal) { ["edge"] = one } },
        };
    }
}
