using System.Net;
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
public sealed class ExitPaceTests : ILimitReports
{
    private const int Rate = 10_000;
    private readonly ManualTimeProvider _time = new();
    private readonly ExitStates _states;
    private readonly LimitTable _limits;
    private readonly ExitLimits _exits;
    private readonly SessionTable _table;
    private readonly List<(string Limit, long BytesPerSecond, TimeSpan Held, bool First)> _held = [];

    public ExitPaceTests()
    {
        UsageLedger usage = new(_time);
        _states = new ExitStates(_time);
        _limits = new LimitTable(_time, usage, this);
        _exits = new ExitLimits(_time, usage, this);
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

    [Fact]
    public async Task A_bandwidth_in_shadow_holds_nobody_back_and_counts_how_long_it_would_have()
    {
        Apply(Rate, shadow: true);
        using Session one = Served("a"), two = Served("a"), other = Served("b");
        Assert.False(one.Pace!.LimitsUp || one.Pace.LimitsDown);
        Assert.Null(one.Pace.GroupOf(up: true));
        // Within the fifth of a second that may be moved at once.
        await one.PassedUpAsync(Rate / 10);
        Assert.Empty(_held);
        // The two share it: 30,100 bytes are 3.01 s less what is left of that fifth.
        Task[] passed = [one.PassedUpAsync(Rate).AsTask(), two.PassedUpAsync(2 * Rate).AsTask(), one.PassedUpAsync(100).AsTask()];
        Assert.All([.. passed, other.PassedUpAsync(10 * Rate).AsTask()], each => Assert.True(each.IsCompletedSuccessfully));
        Assert.Equal(2.91, _held.Sum(each => each.Held.TotalSeconds), 3);
        Assert.All(_held, each => Assert.Equal(("exits.a.limits.bandwidth", Rate), (each.Limit, each.BytesPerSecond)));
        Assert.Equal([true, true, false], _held.Select(each => each.First));
        // What was moved at the rate itself is not held back.
        _held.Clear();
        for (int i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            await one.PassedDownAsync(Rate / 10);
        }
        Assert.Empty(_held);
        Apply(Rate);
        Assert.True(one.Pace.LimitsUp);
    }

    private void Apply(long? bandwidth, bool shadow = false) => _exits.Apply(new GatewayConfig
    {
        Exits =
        [
            new DirectExitConfig { Name = "a", Limits = bandwidth is null ? null : new ScopeLimits { Bandwidth = bandwidth, Shadow = shadow } },
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

    void ILimitReports.WouldRefuse(string limit, IPEndPoint client, string reason) => Assert.Fail(reason);

    void ILimitReports.WouldHold(string limit, IPEndPoint client, long bytesPerSecond, TimeSpan held, bool first) =>
        _held.Add((limit, bytesPerSecond, held, first));

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
