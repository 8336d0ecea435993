using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class DeadlinePoolTests
{
    [Fact]
    public void OneThatNeverFiredIsUsedAgain()
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
    public void OneThatFiredIsNot()
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
    public void TimePasses()
    {
        ManualTimeProvider time = new();
        using Deadline deadline = new DeadlinePool(time).Start(TimeSpan.FromSeconds(2), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(deadline.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(deadline.Token.IsCancellationRequested);
    }
}
