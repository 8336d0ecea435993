using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Server;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Resolving;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>The state that a reload keeps, on a clock that stands still: with a running clock, counts by time would start again anyway.</summary>
public sealed class GatewayServerReloadTests
{
    private static readonly GatewayOptions StandingStill = new() { Time = new ManualTimeProvider() };

    [Fact]
    public async Task Reloads_one_after_the_other_do_not_put_off_what_is_done_again_and_again()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { HandshakeTimeout = TimeSpan.FromSeconds(1) }));
        await using SocketStream silent = await gateway.ConnectAsync();
        using CancellationTokenSource over = new();
        Task storm = ReloadAgainAndAgainAsync();
        bool isClosed = await EndsAsync(silent).WaitAsync(TestTransports.Patience);
        Assert.True(isClosed);
        await over.CancelAsync();
        await storm;

        static async Task<bool> EndsAsync(SocketStream silent)
        {
            try
            {
                return await silent.ReadAsync(new byte[1]) == 0;
            }
            catch (IOException)
            {
                return true;
            }
        }

        // Faster than the sweep, which comes four times in the time for a handshake.
        async Task ReloadAgainAndAgainAsync()
        {
            while (!over.IsCancellationRequested)
            {
                await gateway.Server.ReloadAsync(gateway.Server.Config with { });
                await Task.Delay(20);
            }
        }
    }

    [Fact]
    public async Task A_reload_keeps_the_rate_of_a_tunnels_handshakes()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(
            TunnelPair.ServerConfig(TunnelPair.Inbound() with { HandshakesPerClient = 1 }), StandingStill);
        await using SocketStream first = await gateway.ConnectAsync();
        await using SocketStream second = await gateway.ConnectAsync();
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Connections == 2);
        await ReloadAsync(gateway);
        await AssertClosedAsync(gateway);
        Assert.Equal(1, gateway.Server.GetStatus().Rejected);
    }

    [Fact]
    public async Task A_reload_keeps_the_rate_and_the_number_of_a_clients_connections()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { PerClient = new ScopeLimits { NewPerSecond = 1 } }), StandingStill);
        await using SocketStream first = await gateway.ConnectAsync();
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Connections == 1);
        await ReloadAsync(gateway);
        await AssertClosedAsync(gateway);
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Limits = new LimitsConfig { PerClient = new ScopeLimits { Connections = 1 } } });
        await AssertClosedAsync(gateway);
    }

    [Fact]
    public async Task A_reload_keeps_failed_logins_and_lockouts()
    {
        LimitsConfig limits = new() { Lockout = new(2, TimeSpan.FromHours(1), TimeSpan.FromHours(1)) };
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(limits, new UserConfig("alice", new Secret("secret"))), StandingStill);
        await FailLoginAsync(gateway);
        await ReloadAsync(gateway);
        Assert.Empty(gateway.Server.GetLockedClients());
        await FailLoginAsync(gateway);
        await ReloadAsync(gateway);
        Assert.Single(gateway.Server.GetLockedClients());
        await AssertClosedAsync(gateway);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reload_keeps_the_count_of_live_associations(bool ofInbound)
    {
        GatewayConfig config = TestGateway.Mixed(new LimitsConfig { PerClient = new ScopeLimits { Associations = ofInbound ? null : 1 } });
        if (ofInbound) config = config with { Inbounds = [(MixedInboundConfig)config.Inbounds[0] with { Socks5 = new Socks5Options { UdpPerUser = 1 } }] };
        await using TestGateway gateway = await TestGateway.StartAsync(config, StandingStill);
        (SocketStream first, byte reply) = await Socks5Associating.AssociateAsync(gateway);
        Assert.Equal(0, reply);
        // Not to `block` for all: associations would be refused for that.
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Routes = [new RouteConfig { Users = ["nobody"], Exit = "block" }] });
        await (await AssertRefusedAsync(gateway)).DisposeAsync();
        await first.DisposeAsync();
        // Its end is noticed a little later.
        await Wait.UntilAsync(async () =>
        {
            (SocketStream next, byte answer) = await Socks5Associating.AssociateAsync(gateway);
            await next.DisposeAsync();
            return answer == 0;
        });
    }

    [Fact]
    public void A_reload_keeps_what_resolvers_have_answered()
    {
        ManualTimeProvider time = new();
        DohConfig doh = new() { Url = new Uri("https://192.0.2.1/dns-query"), Bootstrap = [IPAddress.Loopback] };
        ExitStates states = new(time);
        int created = 0;
        DnsCache Create()
        {
            created++;
            return new DnsCache(new FakeDnsClient(), time);
        }
        FakeResolver system = new();
        DnsCache first = states.RecordsOf(doh, system, Create);
        Assert.Same(first, states.RecordsOf(doh with { Bootstrap = [IPAddress.Loopback] }, system, Create));
        Assert.NotSame(first, states.RecordsOf(doh with { Bootstrap = [] }, system, Create));
        // A reload that changes `dns` changes which resolver is asked for the resolver's own name.
        Assert.NotSame(first, states.RecordsOf(doh, new FakeResolver(), Create));
        Assert.Equal(3, created);
    }

    private static async Task<SocketStream> AssertRefusedAsync(TestGateway gateway)
    {
        (SocketStream client, byte reply) = await Socks5Associating.AssociateAsync(gateway);
        Assert.NotEqual(0, reply);
        return client;
    }

    private static Task ReloadAsync(TestGateway gateway) => gateway.Server.ReloadAsync(gateway.Server.Config with { Default = "block" });

    private static async Task FailLoginAsync(TestGateway gateway)
    {
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync("\u0005\u0001\u0002\u0001\u0005alice\u0005wrong"u8.ToArray());
        await Record.ExceptionAsync(() => TestTransports.ReadToEndAsync(client));
    }

    private static async Task AssertClosedAsync(TestGateway gateway)
    {
        await using SocketStream client = await gateway.ConnectAsync();
        Exception? end = await Record.ExceptionAsync(async () =>
            Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience)));
        Assert.True(end is null or IOException, end?.ToString());
    }
}
