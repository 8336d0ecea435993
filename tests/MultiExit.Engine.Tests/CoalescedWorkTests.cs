using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests;

/// <summary>Work that is asked for while it runs: it runs once more, never twice at a time, and not after the end.</summary>
public sealed class CoalescedWorkTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _goOn = new(0);
    private int _runs;
    private int _atOnce;
    private int _mostAtOnce;

    public void Dispose()
    {
        _begun.Dispose();
        _goOn.Dispose();
    }

    [Fact]
    public async Task Those_who_ask_while_it_runs_get_one_more_run_between_them()
    {
        await using CoalescedWork work = new(RunAsync);
        Task first = work.RunAsync();
        await BegunAsync();
        Task[] later = [.. Enumerable.Range(0, 10).Select(_ => work.RunAsync())];
        _goOn.Release();
        await first.WaitAsync(Patience);
        await BegunAsync();
        Assert.All(later, task => Assert.False(task.IsCompleted));
        _goOn.Release();
        await Task.WhenAll(later).WaitAsync(Patience);
        Assert.Equal((2, 1), (_runs, _mostAtOnce));
    }

    [Fact]
    public async Task The_end_cancels_the_run_and_waits_for_it()
    {
        CoalescedWork work = new(RunAsync);
        Task first = work.RunAsync();
        await BegunAsync();
        Task next = work.RunAsync();
        await work.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Equal((1, 0), (_runs, _atOnce));
        foreach (Task task in (Task[])[first, next, work.RunAsync()]) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_run_that_fails_is_the_failure_of_those_who_asked_for_it_alone()
    {
        await using CoalescedWork work = new(_ => ++_runs == 1 ? throw new InvalidOperationException("broken") : Task.CompletedTask);
        await Assert.ThrowsAsync<InvalidOperationException>(() => work.RunAsync().WaitAsync(Patience));
        await work.RunAsync().WaitAsync(Patience);
    }

    private async Task BegunAsync() => Assert.True(await _begun.WaitAsync(Patience));

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        _mostAtOnce = Math.Max(_mostAtOnce, Interlocked.Increment(ref _atOnce));
        _begun.Release();
        try
        {
            await _goOn.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }
}
