using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Health;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Health;

/// <summary>Probes by the clock.</summary>
public sealed class HealthMonitorTests
{
    private static readonly HealthConfig Check = new()
    {
        Target = HealthTarget.Parse("tcp://192.0.2.1:443"), Interval = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(2), Fall = 2, Rise = 2,
    };

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task An_exit_that_fails_goes_out_and_comes_back()
    {
        FakeExit exit = new("wan1");
        ExitSet set = SetOf(exit);
        await using HealthMonitor monitor = new(set, Checks(exit), _time, () => 0);
        await ProbesAsync(exit, 1);
        Assert.True(set.States.Get("wan1").Health.Status is { State: ExitHealthState.Up, LastProbe.Succeeded: true });
        Assert.False(double.IsNaN(set.States.Get("wan1").Latency));
        exit.Failure = DialFailure.TimedOut;
        foreach ((DialFailure failure, bool up) in ((DialFailure, bool)[])
            [(DialFailure.TimedOut, true), (DialFailure.TimedOut, false), (DialFailure.None, false), (DialFailure.None, true)])
        {
            exit.Failure = failure;
            ExitProbe? before = set.States.Get("wan1").Health.Status.LastProbe;
            _time.Advance(Check.Interval);
            await Wait.UntilAsync(() => set.States.Get("wan1").Health.Status.LastProbe != before);
            Assert.Equal(up, set.States.Get("wan1").Health.IsUp);
        }
    }

    [Fact]
    public async Task An_exit_that_waits_for_source_nat_is_not_down_by_its_probes()
    {
        FakeExit exit = new("wan1", DialFailure.General);
        ExitSet set = SetOf(exit);
        set.States.Get("wan1").SetupRefusal = "not applied";
        await using HealthMonitor monitor = new(set, Checks(exit), _time, () => 0);
        await ProbesAsync(exit, 1);
        for (int i = 2; i <= 5; i++)
        {
            _time.Advance(Check.Interval);
            await ProbesAsync(exit, i);
        }
        exit.Failure = DialFailure.None;
        _time.Advance(Check.Interval);
        await Wait.UntilAsync(() => set.States.Get("wan1").Health.Status.LastProbe is not null);
        Assert.True(set.States.Get("wan1").Health.Status is { State: ExitHealthState.Up, Since: null, LastProbe.Succeeded: true });
    }

    [Fact]
    public async Task A_silent_exit_is_given_its_time_and_no_more()
    {
        FakeExit exit = new("wan1") { IsSilent = true };
        ExitSet set = SetOf(exit);
        await using HealthMonitor monitor = new(set, Checks(exit), _time, () => 0);
        await ProbesAsync(exit, 1);
        await _time.WaitForTimersAsync(1); // the probe's time-out; the interval is counted already
        _time.Advance(Check.Timeout);
        await Wait.UntilAsync(() => set.States.Get("wan1").Health.Status.LastProbe is not null);
        Assert.Equal("wan1: no answer from tcp://192.0.2.1:443 within 2 s", set.States.Get("wan1").Health.Status.LastProbe!.Error);
    }

    [Fact]
    public async Task Exits_begin_at_different_moments_and_end_with_the_monitor()
    {
        FakeExit[] exits = [.. Enumerable.Range(0, 100).Select(i => new FakeExit($"e{i}"))];
        int next = 0;
        HealthMonitor monitor = new(SetOf(exits), Checks(exits), _time, () => next++ / 100.0);
        await ProbesAsync(exits[0], 1);
        Assert.All(exits[1..], exit => Assert.Equal(0, exit.Dials));
        for (int i = 1; i <= 50; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.03));
            await ProbesAsync(exits[i], 1);
        }
        Assert.All(exits[51..], exit => Assert.Equal(0, exit.Dials));
        await monitor.DisposeAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.All(exits[51..], exit => Assert.Equal(0, exit.Dials));
    }

    [Fact]
    public async Task No_more_than_a_bound_are_probed_at_a_time()
    {
        FakeExit[] exits = [.. Enumerable.Range(0, 100).Select(i => new FakeExit($"e{i}") { IsSilent = true })];
        ExitSet set = SetOf(exits);
        await using HealthMonitor monitor = new(set, Checks(exits), _time, () => 0);
        await Wait.UntilAsync(() => exits.Sum(exit => exit.Dials) == 64);
        _time.Advance(Check.Timeout);
        await Wait.UntilAsync(() => exits.Sum(exit => exit.Dials) == 100);
    }

    private static Task ProbesAsync(FakeExit exit, int count) => Wait.UntilAsync(() => exit.Dials == count);

    private static Dictionary<string, HealthConfig> Checks(params FakeExit[] exits) => exits.ToDictionary(exit => exit.Name, _ => Check);

    private ExitSet SetOf(params FakeExit[] exits) => new(exits.ToDictionary(exit => exit.Name, IExit (exit) => exit), new ExitStates(_time));
}
