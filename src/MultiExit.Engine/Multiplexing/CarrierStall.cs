using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Multiplexing;

/// <summary>The times in which a carrier is not read: its peer is shown that it lives, and where the memory is used up (limits.memory), the wait
/// lasts until readers have made room. Where they make next to none, the stream that holds most is ended.</summary>
/// <param name="memory">The memory of the carrier.</param>
/// <param name="time">The clock.</param>
/// <param name="showLife">Sends the peer something that asks for nothing.</param>
internal sealed class CarrierStall(MemoryBudget memory, TimeProvider time, Action showLife)
{
    /// <summary>The bytes that readers have to take within <see cref="Patience"/> while others wait for them.</summary>
    internal const int LeastProgress = 16 * 1024;

    /// <summary>The longest that others wait for readers that take next to nothing.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How often a carrier looks whether there is room again.</summary>
    internal static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    // Peers ping every 10 s, and count a carrier as dead that was silent for 10 s behind that.
    private static readonly TimeSpan ShowLifeEvery = TimeSpan.FromSeconds(5);

    private TaskCompletionSource? _ends;
    private volatile bool _over;
    private long _lifeShown;

    /// <summary>Waits until the carrier holds no more than its share of the memory, or has ended.</summary>
    public async ValueTask WaitForMemoryAsync()
    {
        memory.CountStall();
        TaskCompletionSource ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _ends, ends); // a carrier that ends from here on ends the wait
        (long since, long taken) = (time.GetTimestamp(), memory.Taken);
        while (memory.IsOver && !_over)
        {
            if (memory.Taken - taken >= LeastProgress)
            {
                (since, taken) = (time.GetTimestamp(), memory.Taken);
            }
            else if (time.GetElapsedTime(since) >= Patience)
            {
                memory.GiveUpLargest($"the readers of its carrier took less than {LeastProgress / 1024} KiB in {DurationText.Seconds(Patience)} "
                    + "while limits.memory left the carrier no more");
                (since, taken) = (time.GetTimestamp(), memory.Taken);
                continue;
            }
            ShowLife();
            await ends.Task.WaitAsync(LookAgain, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Shows the peer that the carrier lives, unless that was done a moment ago: its pings stand behind data that is not read for now,
    /// and their answers would come too late. On the read loop only.</summary>
    public void ShowLife()
    {
        long now = time.GetTimestamp();
        if (_lifeShown != 0 && time.GetElapsedTime(_lifeShown, now) < ShowLifeEvery) return;
        _lifeShown = now;
        showLife();
    }

    /// <summary>The carrier has ended: nothing is waited for any more.</summary>
    public void End()
    {
        _over = true;
        Volatile.Read(ref _ends)?.TrySetResult();
    }
}
