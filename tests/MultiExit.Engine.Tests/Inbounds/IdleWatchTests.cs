using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds;

public sealed class IdleWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10), Part = TimeSpan.FromSeconds(6);

    private readonly ManualTimeProvider _time = new();
    private int _calls;

    [Fact]
    public void The_time_counts_from_the_last_touch()
    {
        IdleWatch watch = new(Limit, _time);
        using ITimer timer = watch.Watch(() => _calls++);
        _time.Advance(Part);
        watch.Touch();
        _time.Advance(Part);
        Assert.Equal(0, _calls);
        _time.Advance(Limit - Part);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public void A_watch_that_is_disposed_of_does_not_call()
    {
        IdleWatch watch = new(Limit, _time);
        watch.Watch(() => _calls++).Dispose();
        _time.Advance(Limit);
        Assert.Equal((0, 0), (_calls, _time.Armed));
    }
}
