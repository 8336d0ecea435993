using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>The pool with carriers that the test opens and kills.</summary>
public sealed class CarrierPoolTests
{
    [Fact]
    public async Task The_least_loaded_carrier_serves()
    {
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = new(2, line.ConnectAsync, TimeProvider.System);
        FakeCarrier first = await GetAsync(pool);
        first.StreamCount = 3;
        Assert.Same(first, await GetAsync(pool)); // which opens another one beside it
        await Wait.UntilAsync(() => pool.Carriers.Count == 2);
        FakeCarrier second = await GetAsync(pool);
        Assert.NotSame(first, second);
        second.StreamCount = 4;
        Assert.Same(first, await GetAsync(pool));
        Assert.Equal(2, line.Attempts);
    }

    [Fact]
    public async Task All_callers_wait_for_one_attempt()
    {
        FakeLine line = new() { Held = new() };
        await using CarrierPool<FakeCarrier> pool = new(2, line.ConnectAsync, TimeProvider.System);
        Task<FakeCarrier>[] waiting = [.. Enumerable.Range(0, 20).Select(_ => GetAsync(pool))];
        line.Held.SetResult();
        FakeCarrier[] got = await Task.WhenAll(waiting);
        Assert.Single(got.Distinct());
        Assert.Equal(1, line.Attempts);
    }

    [Fact]
    public async Task Failures_are_reported_and_followed_by_growing_pauses()
    {
        ManualTimeProvider time = new();
        FakeLine line = new() { Failure = new IOException("refused") };
        await using CarrierPool<FakeCarrier> pool = new(1, line.ConnectAsync, time);
        Assert.Equal("refused", (await Assert.ThrowsAnyAsync<IOException>(() => GetAsync(pool))).Message);
        for (int i = 1; i <= 8; i++)
        {
            Task<FakeCarrier> next = GetAsync(pool);
            await time.WaitForTimersAsync(1);
            double longest = Math.Min(100 * Math.Pow(2, i - 1), 5000);
            time.Advance(TimeSpan.FromMilliseconds(longest * 0.49));
            Assert.Equal(i, line.Attempts);
            time.Advance(TimeSpan.FromMilliseconds(longest * 0.52));
            await Assert.ThrowsAnyAsync<IOException>(() => next);
            Assert.Equal(i + 1, line.Attempts);
        }
        line.Failure = null;
        Task<FakeCarrier> last = GetAsync(pool);
        await time.WaitForTimersAsync(1);
        time.Advance(TimeSpan.FromSeconds(5));
        await last;
    }

    [Fact]
    public async Task A_dead_carrier_is_replaced_unasked()
    {
        ManualTimeProvider time = new();
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = new(1, line.ConnectAsync, time);
        FakeCarrier first = await GetAsync(pool);
        time.Advance(TimeSpan.FromMinutes(1));
        first.End();
        await Wait.UntilAsync(() => pool.Carriers is [FakeCarrier second] && second != first);
        await first.Disposed.Task.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task Carriers_that_die_at_once_are_replaced_with_pauses()
    {
        ManualTimeProvider time = new();
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = new(1, line.ConnectAsync, time);
        (await GetAsync(pool)).End();
        await time.WaitForTimersAsync(1);
        Assert.Equal(1, line.Attempts);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await Wait.UntilAsync(() => pool.Carriers.Count == 1);
        pool.Carriers[0].End();
        await time.WaitForTimersAsync(1);
        time.Advance(TimeSpan.FromMilliseconds(99)); // the pause has doubled
        Assert.Equal(2, line.Attempts);
        time.Advance(TimeSpan.FromMilliseconds(101));
        await Wait.UntilAsync(() => pool.Carriers.Count == 1);
    }

    [Fact]
    public async Task A_further_carrier_is_tried_again_after_a_failure()
    {
        ManualTimeProvider time = new();
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = new(2, line.ConnectAsync, time);
        FakeCarrier first = await GetAsync(pool);
        first.StreamCount = 1;
        line.Failure = new IOException("refused");
        Assert.Same(first, await GetAsync(pool));
        await Wait.UntilAsync(() => line.Attempts == 2);
        line.Failure = null;
        time.Advance(TimeSpan.FromSeconds(10));
        await Wait.UntilAsync(() =>
        {
            _ = pool.GetAsync(default).AsTask();
            time.Advance(TimeSpan.FromMilliseconds(10));
            return pool.Carriers.Count == 2;
        });
        first.End();
    }

    [Fact]
    public async Task A_retired_pool_leaves_no_carrier_behind()
    {
        ManualTimeProvider time = new();
        FakeLine line = new();
        await using CarrierPool<FakeCarrier> pool = new(2, line.ConnectAsync, time);
        FakeCarrier first = await GetAsync(pool);
        first.StreamCount = 1;
        line.Held = new();
        await GetAsync(pool); // a further one is on its way
        await Wait.UntilAsync(() => line.Attempts == 2);
        pool.Retire();
        Assert.False(first.AcceptsStreams);
        Task<FakeCarrier> late = GetAsync(pool);
        line.Held.SetResult();
        FakeCarrier opened = await late;
        Assert.True(opened.AcceptsStreams); // for the dial that waited for it
        await time.WaitForTimersAsync(1);
        time.Advance(TimeSpan.FromSeconds(5));
        await Wait.UntilAsync(() => !opened.AcceptsStreams);
        first.End();
        opened.End();
        await Wait.UntilAsync(() => pool.Carriers.Count == 0);
        Assert.Equal(2, line.Attempts);
    }

    [Fact]
    public async Task A_disposed_pool_disposes_what_is_still_connecting()
    {
        FakeLine line = new() { Held = new() };
        CarrierPool<FakeCarrier> pool = new(1, line.ConnectAsync, TimeProvider.System);
        Task<FakeCarrier> waiting = GetAsync(pool);
        await Wait.UntilAsync(() => line.Attempts == 1);
        await pool.DisposeAsync();
        line.Held.SetResult(); // a connect that ignores its token
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await line.Opened.Single().Disposed.Task.WaitAsync(TestTransports.Patience);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => GetAsync(pool));
    }

    [Fact]
    public async Task A_disposed_pool_lets_its_carriers_say_goodbye()
    {
        ManualTimeProvider time = new();
        FakeLine line = new();
        CarrierPool<FakeCarrier> pool = new(1, line.ConnectAsync, time);
        FakeCarrier carrier = await GetAsync(pool);
        carrier.StreamCount = 1;
        Task disposing = pool.DisposeAsync().AsTask();
        await time.WaitForTimersAsync(1);
        Assert.False(carrier.AcceptsStreams);
        Assert.False(carrier.Disposed.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await disposing.WaitAsync(TestTransports.Patience);
        Assert.True(carrier.Disposed.Task.IsCompleted);
    }

    private static Task<FakeCarrier> GetAsync(CarrierPool<FakeCarrier> pool) => pool.GetAsync(default).AsTask().WaitAsync(TestTransports.Patience);
}
