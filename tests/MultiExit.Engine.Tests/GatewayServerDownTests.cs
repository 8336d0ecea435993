using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>What becomes of the sessions of an exit that goes down.</summary>
public sealed class GatewayServerDownTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(OnDown.Cut)]
    [InlineData(OnDown.Keep)]
    public async Task The_sessions_of_an_exit_that_goes_down_are_cut_where_that_is_asked_for(OnDown onDown)
    {
        await using EchoTarget target = new();
        EchoTarget probed = new(OwnEndPoints.NextAddress());
        using TemporaryFolder folder = new();
        HealthConfig health = new()
        {
            Target = HealthTarget.Parse($"tcp://{probed.EndPoint}"), Interval = Interval, Timeout = Interval, Fall = 1, Rise = 1,
        };
        // No probe takes too long on it.
        ManualTimeProvider time = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed() with
        {
            Exits =
            [
                new DirectExitConfig { Name = "a", Health = health, OnDown = onDown }, new DirectExitConfig { Name = "b" },
            ],
            Groups = [new GroupConfig { Name = "pool", Exits = ["a", "b"], Strategy = GroupStrategy.RoundRobin }],
            Default = "pool",
            Logging = new LoggingConfig { Access = new(folder["access.log"]) },
        }, new GatewayOptions { Time = time });
        time.Advance(Interval);
        await Wait.UntilAsync(() => Health(gateway).State == ExitHealthState.Up);
        await using SocketStream ofA = await gateway.ConnectThroughAsync(target.EndPoint);
        await using SocketStream ofB = await gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal(["a", "b"], gateway.Server.GetSessions().Select(session => session.Exit!));
        await probed.DisposeAsync();
        time.Advance(Interval);
        await Wait.UntilAsync(() => Health(gateway).State == ExitHealthState.Down);
        if (onDown == OnDown.Cut)
        {
            await Wait.UntilAsync(() => gateway.Server.GetSessions() is [{ Exit: "b" }]);
            Assert.Contains(gateway.Server.GetLog(new() { Ids = ["MX1117"] }), entry => entry.Message.EndsWith(
                "exit a is down; sessions cut (on_down: cut): 1", StringComparison.Ordinal));
            Assert.Equal("exit-down", SessionOutcome.ExitDown.Word());
        }
        else
        {
            await EchoAsync(ofA);
        }
        await EchoAsync(ofB);
        Assert.Equal(onDown == OnDown.Cut ? 1 : 2, gateway.Server.GetSessions().Count);
    }

    [Theory]
    [InlineData("exits: [{ name: a, type: direct, on_down: cut }]", false)]
    [InlineData("exits: [{ name: a, type: direct, on_down: cut, health: { eject_after: 3 } }]", true)]
    [InlineData("exits: [{ name: a, type: direct, on_down: cut }]\ngroups: [{ name: g, exits: [a], health: { eject_after: 3 } }]", true)]
    public void A_cut_needs_a_health_check(string text, bool isValid)
    {
        ConfigResult read = ConfigLoader.Parse("inbounds: [{ name: in, type: socks5, listen: \"127.0.0.1:0\" }]\n" + text);
        Assert.Equal(isValid, read.IsValid);
        if (isValid) Assert.Equal(OnDown.Cut, read.Config!.Exits[0].OnDown);
        else Assert.StartsWith("nothing would ever find the exit down", Assert.Single(read.Errors).Message, StringComparison.Ordinal);
    }

    private static async Task EchoAsync(SocketStream client)
    {
        await client.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    private static ExitHealthStatus Health(TestGateway gateway) => gateway.Server.GetExits().Single(exit => exit.Name == "a").Health;
}
