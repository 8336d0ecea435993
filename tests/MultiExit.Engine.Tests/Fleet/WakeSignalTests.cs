using MultiExit.Engine.Fleet;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>How a worker waits.</summary>
public sealed class WakeSignalTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_wait_that_is_shorter_than_a_timer_can_be_waits_for_the_clock_all_the_same()
    {
        WakeSignal signal = new(_time);
        Task waiting = signal.WaitAsync(TimeSpan.FromTicks(5), default);
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task What_wakes_before_the_wait_ends_it()
    {
        WakeSignal signal = new(_time);
        signal.Set();
        await signal.WaitAsync(TimeSpan.FromDays(1), default).WaitAsync(TestTransports.Patience);
        Assert.False(signal.WaitAsync(TimeSpan.FromDays(1), default).IsCompleted);
    }
}
