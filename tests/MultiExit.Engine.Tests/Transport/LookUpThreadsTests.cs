using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class LookUpThreadsTests
{
    private static readonly TimeSpan Patience = TestTransports.Patience;

    [Fact]
    public async Task Work_waits_behind_as_much_as_there_are_threads_and_on_none_of_the_pool()
    {
        LookUpThreads threads = new(2, Timeout.InfiniteTimeSpan);
        using ManualResetEventSlim goOn = new();
        Task<bool>[] held = [.. Enumerable.Range(0, 2).Select(_ => threads.RunAsync(() => Hold(goOn)))];
        Task<bool> behind = threads.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread);
        Assert.Equal(2, threads.Count);
        Assert.False(behind.IsCompleted);
        goOn.Set();
        Assert.False(await behind.WaitAsync(Patience));
        Assert.All(await Task.WhenAll(held).WaitAsync(Patience), Assert.True);
    }

    [Fact]
    public async Task A_fault_is_that_of_its_work_alone()
    {
        LookUpThreads threads = new(1, Timeout.InfiniteTimeSpan);
        await Assert.ThrowsAsync<FormatException>(() => threads.RunAsync<int>(() => throw new FormatException()).WaitAsync(Patience));
        Assert.Equal(7, await threads.RunAsync(() => 7).WaitAsync(Patience));
        Assert.Equal(1, threads.Count);
    }

    [Fact]
    public async Task Threads_without_work_end()
    {
        LookUpThreads threads = new(4, TimeSpan.FromMilliseconds(1));
        Assert.Equal(7, await threads.RunAsync(() => 7).WaitAsync(Patience));
        using CancellationTokenSource deadline = new(Patience);
        while (threads.Count > 0) await Task.Delay(5, deadline.Token);
        Assert.Equal(8, await threads.RunAsync(() => 8).WaitAsync(Patience));
    }

    private static bool Hold(ManualResetEventSlim goOn) => goOn.Wait(Patience);
}
