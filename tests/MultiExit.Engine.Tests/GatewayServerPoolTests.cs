using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Provisioning;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Direct exits with a pool of addresses, by the addresses that a target sees.</summary>
public sealed class GatewayServerPoolTests
{
    private static readonly UserConfig Alice = new("alice", new Secret("secret"));

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task The_address_least_in_use_serves_and_each_is_an_exit_that_can_be_taken_out()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(Pool("127.0.7.0/29")));
        List<SocketStream> clients = [];
        for (int i = 0; i < 12; i++) clients.Add(await gateway.ConnectThroughAsync(target.EndPoint, "alice"));
        IReadOnlyList<SessionRecord> live = gateway.Server.GetSessions();
        Assert.Equal(6, live.Select(session => session.Source!.Address).Distinct().Count());
        Assert.All(live, session => Assert.Equal(("wan", $"wan@{session.Source!.Address}"), (session.Group, session.Exit)));
        ExitStatus pool = gateway.Server.GetExits().Single(exit => exit.Name == "wan");
        Assert.Equal(("pool", 6), (pool.Type, pool.Members.Count));
        Assert.All(gateway.Server.GetExits().Where(exit => pool.Members.Contains(exit.Name)), exit => Assert.Equal((2, 2), (exit.Sessions, exit.Dials)));
        Assert.All(pool.Members, name => Assert.NotNull(gateway.Server.GetExits().Single(exit => exit.Name == name).FreePorts));

        gateway.Server.SetExitEnabled("wan@127.0.7.1", enabled: false, cutSessions: true);
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 10);
        for (int i = 0; i < 10; i++) clients.Add(await gateway.ConnectThroughAsync(target.EndPoint, "alice"));
        Assert.DoesNotContain(gateway.Server.GetSessions(), session => session.Exit == "wan@127.0.7.1");
        foreach (SocketStream client in clients) await client.DisposeAsync();
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task A_pool_that_is_taken_out_and_cut_loses_the_sessions_of_all_its_addresses()
    {
        await using EchoTarget target = new();
        GatewayConfig config = Config(Pool("127.0.7.0/30"));
        await using TestGateway gateway = await TestGateway.StartAsync(config with
        {
            Exits = [.. config.Exits, new DirectExitConfig { Name = "other" }],
            Groups = [new GroupConfig { Name = "outer", Exits = ["wan", "other"] }],
            Default = "outer",
        });
        List<SocketStream> clients = [];
        for (int i = 0; i < 4; i++) clients.Add(await gateway.ConnectThroughAsync(target.EndPoint, "alice"));
        Assert.Equal(2, gateway.Server.SetExitEnabled("wan", enabled: false, cutSessions: true));
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 2);
        Assert.All(gateway.Server.GetSessions(), session => Assert.Equal("other", session.Exit));
        foreach (SocketStream client in clients) await client.DisposeAsync();
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task A_session_keeps_its_address()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(Pool("127.0.7.0/28")));
        HashSet<string> all = [];
        for (int session = 0; session < 8; session++)
        {
            HashSet<string> seen = [];
            for (int i = 0; i < 3; i++)
            {
                await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, $"alice+session={session}");
                seen.Add(gateway.Server.GetSessions()[^1].Exit!);
            }
            all.Add(Assert.Single(seen));
        }
        Assert.True(all.Count > 1);
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task An_address_that_is_not_on_this_host_is_passed_over_and_warned_of()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(Pool("192.0.2.77/32", "127.0.7.9/32")));
        for (int i = 0; i < 4; i++)
        {
            await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
            Assert.Equal("wan@127.0.7.9", gateway.Server.GetSessions()[^1].Exit);
        }
        Assert.Equal("192.0.2.77 is not on this host", gateway.Server.GetExits().Single(exit => exit.Name == "wan@192.0.2.77").Refusal);
        ServerWarning warning = gateway.Server.GetStatus().Warnings.Single(warning => warning.Id == "MX1116");
        Assert.StartsWith("exit wan: addresses that are not on this host are passed over until they are, 1 of 2, 192.0.2.77 is the first",
            warning.Message, StringComparison.Ordinal);
        RouteExplanation told = await gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(target.EndPoint), User = "alice", Client = IPAddress.Loopback });
        Assert.Equal(["wan", "wan@127.0.7.9"], told.Path);
        Assert.Contains("  wan: pool of 2 addresses", told.Explanation);
        Assert.DoesNotContain(told.Explanation, line => line.Contains("192.0.2.77", StringComparison.Ordinal));
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task The_addresses_of_an_interface_are_followed_while_sessions_go_on()
    {
        ManualTimeProvider time = new();
        FakeSystem system = new() { Addresses = [IPAddress.Parse("127.0.7.1")] };
        await using EchoTarget target = new();
        GatewayConfig config = Config(new DirectExitConfig { Name = "wan", Addresses = [new PoolSource(null, "eth1")] });
        await using TestGateway gateway = await TestGateway.StartAsync(config, new GatewayOptions { System = system, Time = time });
        await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        Assert.Equal("wan@127.0.7.1", gateway.Server.GetSessions()[0].Exit);

        system.Addresses = [IPAddress.Parse("127.0.7.2")];
        await UntilMembersAsync("wan@127.0.7.2");
        await using SocketStream second = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        Assert.Equal(["wan@127.0.7.1", "wan@127.0.7.2"], gateway.Server.GetSessions().Select(session => session.Exit!));
        await first.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await first.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));

        system.Addresses = [];
        await UntilMembersAsync();
        Assert.Equal("exit wan: its interfaces have no address, and every connection through it fails until they have one",
            gateway.Server.GetStatus().Warnings.Single(warning => warning.Id == "MX1116").Message);
        Assert.Contains(gateway.Server.GetLog(new() { Ids = ["MX1115"] }), entry => entry.Message.EndsWith(
            "exit wan has other addresses now: 1; wan@127.0.7.2 came, wan@127.0.7.1 went", StringComparison.Ordinal));
        Assert.Same(config, gateway.Server.Config);

        Task UntilMembersAsync(params string[] members) => Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return gateway.Server.GetExits().Single(exit => exit.Name == "wan").Members.SequenceEqual(members);
        });
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task The_health_of_an_address_is_its_own()
    {
        await using EchoTarget target = new();
        GatewayConfig config = Config(Pool("127.0.7.0/30") with { Health = new HealthConfig { EjectAfter = 1 } });
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        Assert.Equal(2, gateway.Server.GetExits().Count(exit => exit.Name.StartsWith("wan@", StringComparison.Ordinal)
            && exit.Health.State == ExitHealthState.Unknown));
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        Assert.Equal(1, gateway.Server.GetExits().Count(exit => exit.Name.StartsWith("wan@", StringComparison.Ordinal)
            && exit.Health.State == ExitHealthState.Up));
    }

    private static DirectExitConfig Pool(params string[] networks) =>
        new() { Name = "wan", Addresses = [.. networks.Select(network => new PoolSource(IPNetwork.Parse(network)))] };

    private static GatewayConfig Config(DirectExitConfig pool) => TestGateway.Mixed(null, Alice) with
    {
        NameParameters = new([NameParameter.Session]), Exits = [pool], Default = "wan",
    };
}
