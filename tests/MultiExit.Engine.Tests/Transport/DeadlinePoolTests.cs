using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class DeadlinePoolTests
{
    [Fact]
    public void A_deadline_that_never_fired_is_used_again()
    {
        DeadlinePool pool = new(TimeProvider.System);
        using CancellationTokenSource outer = new();
        Deadline first = pool.Start(TimeSpan.FromMinutes(1), outer.Token);
        first.Dispose();
        using Deadline second = pool.Start(TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Same(first, second);
        outer.Cancel();
        Assert.False(second.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_deadline_that_fired_is_not_used_again()
    {
        DeadlinePool pool = new(TimeProvider.System);
        using CancellationTokenSource outer = new();
        Deadline first = pool.Start(TimeSpan.FromMinutes(1), outer.Token);
        outer.Cancel();
        Assert.True(first.Token.IsCancellationRequested);
        first.Dispose();
        using Deadline second = pool.Start(TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.NotSame(first, second);
    }

    [Fact]
    public void A_deadline_fires_when_its_time_is_over()
    {
        ManualTimeProvider time = new();
        using Deadline deadline = new DeadlinePool(time).Start(TimeSpan.FromSeconds(2), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(deadline.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(deadline.Token.IsCancellationRequested);
    }
}
