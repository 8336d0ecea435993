using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Snat;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Provisioning;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Exits;

/// <summary>Which dials wait for source NAT, and how often the system is looked at.</summary>
public sealed class SnatGuardTests
{
    private static readonly GatewayConfig Config = new()
    {
        Exits =
        [
            new DirectExitConfig { Name = "away", Address = IPAddress.Parse("198.51.100.10") },
            new DirectExitConfig { Name = "here", Address = IPAddress.Parse("192.0.2.7") },
            new DirectExitConfig { Name = "gateway", Gateway = IPAddress.Parse("192.0.2.1") },
        ],
        Snat = new SnatConfig { Enabled = true, Interface = "eth0" },
    };

    private readonly ManualTimeProvider _time = new();
    private readonly FakeSystem _system = new();
    private readonly ExitStates _states = new();

    [Fact]
    public async Task Exits_without_an_address_of_this_host_are_shut()
    {
        SnatGuard guard = Create();
        Assert.Null(guard.GateOf("here"));
        Assert.StartsWith("the source NAT for exit away (198.51.100.10) is not applied: run `multiexit snat apply`",
            await RefusalAsync(guard, "away"), StringComparison.Ordinal);
        Assert.StartsWith("the policy routing for exit gateway (gateway 192.0.2.1) is not applied",
            await RefusalAsync(guard, "gateway"), StringComparison.Ordinal);
        Assert.Equal(await RefusalAsync(guard, "away"), _states.Get("away").Refusal);
        guard.Retire();
        Assert.Null(_states.Get("away").Refusal);
    }

    [Fact]
    public async Task A_look_that_ends_after_a_reload_shuts_nothing()
    {
        SnatGuard guard = Create();
        guard.Retire();
        Assert.NotNull(await RefusalAsync(guard, "away"));
        Assert.Null(_states.Get("away").Refusal);
    }

    [Fact]
    public async Task Not_being_able_to_look_is_a_refusal()
    {
        _system.MayChangeNetwork = false;
        Assert.Contains("cannot be checked, so nothing is sent: looking at the firewall needs CAP_NET_ADMIN",
            await RefusalAsync(Create(), "away"), StringComparison.Ordinal);
        _system.MayChangeNetwork = true;
        _system.Missing.UnionWith(["nft", "iptables-save"]);
        Assert.Contains("the program nft is not installed", await RefusalAsync(Create(), "away"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_look_serves_all_who_ask()
    {
        SnatGuard guard = Create();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RefusalAsync(guard, "away")));
        int once = _system.Looks;
        Assert.NotEqual(0, once);
        _time.Advance(TimeSpan.FromSeconds(4));
        await RefusalAsync(guard, "away");
        Assert.Equal(once, _system.Looks);
        _time.Advance(TimeSpan.FromSeconds(2));
        await RefusalAsync(guard, "away");
        Assert.Equal(2 * once, _system.Looks);
    }

    private SnatGuard Create() => SnatGuard.Create(Config, SnatLayout.Create(Config, out _), _system, _time, _states)!;

    private static Task<string?> RefusalAsync(SnatGuard guard, string exit) =>
        guard.GateOf(exit)!.RefusalAsync(CancellationToken.None).AsTask().WaitAsync(TestTransports.Patience);
}
