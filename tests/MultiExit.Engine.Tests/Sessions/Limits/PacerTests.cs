using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions.Limits;

/// <summary>A bandwidth that becomes another one while bytes are owed.</summary>
public sealed class PacerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void What_is_owed_stays_owed_byte_by_byte_when_the_rate_changes()
    {
        Pacer pacer = new(1_000_000, _time);
        // 200,000 of them are the burst.
        Assert.Equal(TimeSpan.FromSeconds(2), pacer.Charge(2_200_000, out long turn));
        pacer.Change(500_000);
        Assert.Equal(TimeSpan.FromSeconds(4), pacer.WaitFor(turn));
        _time.Advance(TimeSpan.FromSeconds(2));
        pacer.Change(4_000_000);
        Assert.Equal(TimeSpan.FromMilliseconds(250), pacer.WaitFor(turn));
        Assert.True(pacer.IsAhead);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(TimeSpan.Zero, pacer.WaitFor(turn));
    }

    [Fact]
    public void Who_was_charged_first_has_its_turn_first_by_the_rate_of_now()
    {
        Pacer pacer = new(1_000_000, _time);
        pacer.Charge(200_000);
        pacer.Charge(100_000, out long first);
        pacer.Charge(300_000, out long second);
        Assert.Equal((TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400)), (pacer.WaitFor(first), pacer.WaitFor(second)));
        pacer.Change(2_000_000);
        Assert.Equal((TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200)), (pacer.WaitFor(first), pacer.WaitFor(second)));
    }

    [Theory]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(500_000, 1_500_000)]
    [InlineData(1_024, 1_998_976)]
    public void A_rate_that_changes_every_second_lets_as_much_pass_as_its_mean(long low, long high)
    {
        LimitScope scope = new(_time);
        long moved = 0, turn = 0;
        const int seconds = 60;
        for (int i = 0; i < seconds * 100; i++)
        {
            if (i % 100 == 0)
            {
                long rate = i / 100 % 2 == 0 ? low : high;
                scope.Apply(new ScopeLimits { Bandwidth = rate }, "key");
                Assert.Equal((rate, rate), (scope.Up!.BytesPerSecond, scope.Down!.BytesPerSecond));
            }
            // A relay: small steps, and none while it waits.
            while (scope.Up!.WaitFor(turn) == TimeSpan.Zero)
            {
                scope.Up.Charge(1_000, out turn);
                moved += 1_000;
            }
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
        // The burst is there once, and not with each change.
        Assert.InRange(moved, seconds * 1_000_000L * 0.97, seconds * 1_000_000L + 250_000);
    }

    [Fact]
    public void A_change_of_a_rate_that_nobody_uses_gives_no_second_burst()
    {
        LimitScope scope = new(_time);
        scope.Apply(new ScopeLimits { Bandwidth = 1_000_000 }, "key");
        Assert.Equal(TimeSpan.Zero, scope.Up!.Charge(200_000));
        for (int i = 0; i < 100; i++)
        {
            scope.Apply(new ScopeLimits { Bandwidth = i % 2 == 0 ? 10_000_000 : 1_000_000 }, "key");
            Assert.True(scope.Up.Charge(10_000) > TimeSpan.Zero);
        }
    }

    [Fact]
    public void Who_still_waits_for_what_was_charged_long_ago_is_held_back()
    {
        Pacer pacer = new(1_000, _time);
        Assert.Equal(TimeSpan.FromSeconds(5), pacer.Charge(5_200));
        for (int second = 0; second < 5; second++)
        {
            Assert.Equal((5_200, true), pacer.TakeUse());
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal((5_200, false), pacer.TakeUse());
    }

    [Fact]
    public void A_bandwidth_that_only_reports_keeps_what_is_owed_as_well()
    {
        LimitScope scope = new(_time);
        scope.Apply(new ScopeLimits { Bandwidth = 1_000_000, Shadow = true }, "key");
        Assert.Null(scope.ChargeInShadow(up: true, 200_000));
        scope.Apply(new ScopeLimits { Bandwidth = 2_000_000, Shadow = true }, "key");
        Assert.Equal(("key", 2_000_000, TimeSpan.FromMilliseconds(100)), scope.ChargeInShadow(up: true, 200_000));
        Assert.Null(scope.Up);
    }
}
