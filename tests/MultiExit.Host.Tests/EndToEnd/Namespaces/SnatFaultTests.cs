using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>Steps that fail, and deaths between them.</summary>
public sealed class SnatFaultTests
{
    private const int MostSteps = 20;

    [NamespaceTheory]
    [InlineData(SnatBackend.Nftables)]
    [InlineData(SnatBackend.Iptables)]
    public async Task Every_step_may_fail_or_be_the_last(SnatBackend backend)
    {
        using GatewayNetwork network = new();
        network.AddIptablesRulesOfOthers();
        GatewayConfig config = Config(backend);
        SnatManager sound = new(config, new FaultySystem(network.Host, 0, dies: false));
        string before = network.Snapshot();
        await sound.ApplyAsync();
        string applied = network.Snapshot();
        await sound.RemoveAsync();
        Assert.Equal(before, network.Snapshot());

        int step = 1;
        for (; step < MostSteps; step++)
        {
            FaultySystem failing = new(network.Host, step, dies: false);
            SnatManager manager = new(config, failing);
            if (await Record.ExceptionAsync(() => manager.ApplyAsync()) is not ProxyException fault) break;
            Assert.EndsWith("nothing has changed", fault.Message, StringComparison.Ordinal);
            Assert.Equal(before, network.Snapshot());

            await Assert.ThrowsAsync<FaultySystem.DeathException>(() => new SnatManager(config, new FaultySystem(network.Host, step, dies: true)).ApplyAsync());
            if (step % 2 == 0)
            {
                // Straight from half of it to nothing.
                await sound.RemoveAsync();
                Assert.Equal(before, network.Snapshot());
            }
            await sound.ApplyAsync();
            Assert.Equal(applied, network.Snapshot());

            fault = await Assert.ThrowsAsync<ProxyException>(() => new SnatManager(config, new FaultySystem(network.Host, step, dies: false)).RemoveAsync());
            Assert.EndsWith("nothing has changed", fault.Message, StringComparison.Ordinal);
            Assert.Empty(await sound.VerifyAsync());
            await Assert.ThrowsAsync<FaultySystem.DeathException>(() =>
                new SnatManager(config, new FaultySystem(network.Host, step, dies: true)).RemoveAsync());
            await sound.RemoveAsync();
            Assert.Equal(before, network.Snapshot());
        }
        // The firewall, rp_filter, and a route and a rule for each exit.
        Assert.InRange(step, 6, MostSteps - 1);
    }

    [NamespaceTheory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public void A_killed_apply_is_repaired_by_the_next(string backend)
    {
        using GatewayNetwork network = new();
        network.AddIptablesRulesOfOthers();
        using TemporaryFile config = new(SnatSetup.Config(backend));
        string before = network.Snapshot();
        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        string applied = network.Snapshot();
        SnatSetup.Expect(network, 0, "", "snat", "remove", config);

        using TemporaryFolder tools = new();
        string ip = Path.Combine(tools.Path, "ip");
        // An ip that kills its caller at the third route.
        File.WriteAllText(ip, $"""
            #!/bin/sh
            case "$*" in *"route add"*) echo >> '{tools.Path}/routes'; [ "$(wc -l < '{tools.Path}/routes')" -lt 3 ] || exec kill -9 $PPID;; esac
            PATH="$REAL_PATH" exec ip "$@"
            """);
        Command.Do($"chmod +x {ip}");
        string path = Environment.GetEnvironmentVariable("PATH")!;
        (int exitCode, _, _) = network.MultiExitWith([$"REAL_PATH={path}", $"PATH={tools.Path}:{path}"], ["snat", "apply", "--config", config.Path]);
        Assert.Equal(128 + 9, exitCode);
        Assert.NotEqual(before, network.Snapshot());
        Assert.NotEqual(applied, network.Snapshot());
        SnatSetup.Expect(network, 0, "route add", "snat", "apply", config);
        Assert.Equal(applied, network.Snapshot());
        SnatSetup.Expect(network, 0, "", "snat", "remove", config);
        Assert.Equal(before, network.Snapshot());
    }

    [NamespaceTheory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task Several_at_once_take_turns(string backend)
    {
        using GatewayNetwork network = new();
        network.AddIptablesRulesOfOthers();
        using TemporaryFile config = new(SnatSetup.Config(backend));
        string before = network.Snapshot();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() =>
            SnatSetup.Expect(network, 0, "", "snat", i % 3 == 2 ? "remove" : "apply", config))));
        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        SnatSetup.Expect(network, 0, "", "snat", "verify", config);
        SnatSetup.Expect(network, 0, "", "snat", "remove", config);
        Assert.Equal(before, network.Snapshot());
    }

    [NamespaceFact]
    public void What_is_missing_is_said_and_nothing_changes()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(SnatSetup.Config("auto"));
        string before = network.Snapshot();
        string[] apply = ["snat", "apply", "--config", config.Path];
        (int exitCode, _, string error) = network.MultiExitWith(["setpriv", "--bounding-set=-net_admin", "--inh-caps=-all"], apply);
        Assert.Equal(5, exitCode);
        Assert.Contains("snat apply needs CAP_NET_ADMIN; run it as root", error, StringComparison.Ordinal);
        (exitCode, string plan, _) = network.MultiExitWith(
            ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-all"],
            ["snat", "plan", "--config", config.Path]);
        Assert.Equal(0, exitCode);
        Assert.Contains("snat ip to 198.51.100.10", plan, StringComparison.Ordinal);
        Assert.Equal(before, network.Snapshot());
    }

    private static GatewayConfig Config(SnatBackend backend) => new()
    {
        Name = "edge",
        Exits =
        [
            new DirectExitConfig { Name = "a", Address = IPAddress.Parse("198.51.100.10"), Gateway = IPAddress.Parse("10.1.0.1"), Interface = "h0" },
            new DirectExitConfig { Name = "b", Address = IPAddress.Parse("2001:db8:1::11"), Gateway = IPAddress.Parse("fd00:1:1::1"), Interface = "h1" },
        ],
        Snat = new SnatConfig { Enabled = true, Backend = backend },
    };
}
