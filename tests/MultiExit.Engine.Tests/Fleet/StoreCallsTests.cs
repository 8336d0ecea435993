using MultiExit.Engine.Fleet;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Whoever waits for the store waits no longer than it was told to, whatever the library does when it is canceled.</summary>
public sealed class StoreCallsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly StoreCalls _calls = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly TaskCompletionSource _begun = new();
    private readonly TaskCompletionSource _ends = new();

    public void Dispose()
    {
        _gate.Set();
        _ends.TrySetResult();
    }

    [Fact]
    public async Task A_cancellation_that_hangs_is_not_waited_for_when_the_time_is_over()
    {
        Task<Exception?> call = _calls.TryAsync(HangAsync, TimeSpan.FromMilliseconds(500), _time, default);
        await _begun.Task;
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.IsType<TimeoutException>(await call.WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_cancellation_that_hangs_keeps_nobody_who_cancels()
    {
        using CancellationTokenSource stopping = new();
        Task<Exception?> call = _calls.TryAsync(HangAsync, TimeSpan.FromSeconds(4), _time, stopping.Token);
        await _begun.Task;
        await stopping.CancelAsync().WaitAsync(TestTransports.Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task An_exchange_that_is_waited_for_no_longer_is_canceled()
    {
        TaskCompletionSource canceled = new();
        Task<Exception?> call = _calls.TryAsync(
            token =>
            {
                token.Register(canceled.SetResult);
                return _ends.Task;
            },
            TimeSpan.FromSeconds(4), _time, default);
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.NotNull(await call);
        await canceled.Task.WaitAsync(TestTransports.Patience);
    }

    private Task HangAsync(CancellationToken cancellationToken)
    {
        cancellationToken.Register(_gate.Wait);
        _begun.SetResult();
        return _ends.Task;
    }
}
