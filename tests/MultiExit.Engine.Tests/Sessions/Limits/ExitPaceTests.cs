using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions.Limits;

/// <summary>The bandwidth of an exit, on a clock that the test moves.</summary>
public sealed class ExitPaceTests
{
    private const int Rate = 10_000;
    private readonly ManualTimeProvider _time = new();
    private readonly ExitStates _states;
    private readonly LimitTable _limits;
    private readonly ExitLimits _exits;
    private readonly SessionTable _table;

    public ExitPaceTests()
    {
        UsageLedger usage = new(_time);
        _states = new ExitStates(_time);
        _limits = new LimitTable(_time, usage);
        _exits = new ExitLimits(_time, usage, null);
        _table = new SessionTable(_time, _limits) { ExitLimits = _exits };
    }

    [Fact]
    public async Task The_sessions_of_an_exit_share_its_bandwidth_and_those_of_another_have_none()
    {
        Apply(Rate);
        using Session one = Served("a"), two = Served("a"), other = Served("b");
        Assert.True(one.Pace!.LimitsUp && one.Pace.LimitsDown && !other.Pace!.LimitsUp);
        Assert.Same(one.Pace.Exit, two.Pace!.Exit);
        Assert.Equal(one.Pace.GroupOf(up: true), two.Pace.GroupOf(up: true));
        await other.PassedUpAsync(10 * Rate);
        Task first = one.PassedUpAsync(Rate).AsTask(), second = two.PassedUpAsync(Rate).AsTask();
        // Two seconds of the bandwidth less the fifth of a second that may be moved at once.
        await StepAsync(TimeSpan.FromSeconds(0.8), 2);
        await first.WaitAsync(TestTransports.Patience);
        Assert.False(second.IsCompleted);
        await StepAsync(TimeSpan.FromSeconds(1), 1);
        await second.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public void A_reload_holds_for_live_sessions_and_the_last_one_leaves_nothing()
    {
        Apply(null);
        using Session early = Served("a");
        Assert.Null(early.Pace!.Exit);
        Apply(Rate);
        Session late = Served("a");
        Assert.True(late.Pace!.LimitsDown);
        ExitLimit limit = _exits.Find("a")!;
        Assert.Equal(1, limit.Scope.Sessions);
        Apply(null);
        Assert.False(late.Pace.LimitsDown);
        late.Dispose();
        late.Dispose();
        Assert.Equal(0, limit.Scope.Sessions);
    }

    private void Apply(long? bandwidth) => _exits.Apply(new GatewayConfig
    {
        Exits =
        [
            new DirectExitConfig { Name = "a", Limits = bandwidth is null ? null : new ScopeLimits { Bandwidth = bandwidth } },
            new DirectExitConfig { Name = "b" },
        ],
    }, _states);

    private Session Served(string exit)
    {
        Session session = _table.Open(Pools.From("192.0.2.1").Request!);
        Assert.Null(_limits.Enter(session));
        session.ServedBy(_states.Get(exit), _states.Get(exit));
        return session;
    }

    // In the slices in which sessions wait.
    private async Task StepAsync(TimeSpan time, int waiting)
    {
        for (TimeSpan now = TimeSpan.Zero; now < time; now += TimeSpan.FromMilliseconds(50))
        {
            await _time.WaitForTimersAsync(waiting);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }
}
