using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Lets time go on while nodes are asked, but no further than their answers need: however slow the machine is, nobody is late.</summary>
internal static class QuestionClock
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for what all nodes say.</summary>
    /// <param name="time">The clock of all.</param>
    /// <param name="tables">The store.</param>
    /// <param name="asking">The question.</param>
    /// <param name="replies">How many nodes will answer.</param>
    /// <param name="seconds">How long they need for it.</param>
    public static async Task<T> AskAsync<T>(ManualTimeProvider time, MemoryTables tables, Task<T> asking, int replies, double seconds = 2)
    {
        TimeSpan passed = TimeSpan.Zero;
        await Wait.UntilAsync(async () =>
        {
            if (asking.IsCompleted) return true;
            if (passed.TotalSeconds < seconds || Count() >= replies)
            {
                time.Advance(Step);
                passed += Step;
            }
            await Task.Yield();
            return asking.IsCompleted;
        });
        return await asking;

        int Count()
        {
            lock (tables.Lock) return tables.Questions is [.., var last] ? last.Replies.Count : 0;
        }
    }

    /// <summary>Waits for a state that comes with time.</summary>
    public static Task UntilAsync(ManualTimeProvider time, Func<bool> condition) => Wait.UntilAsync(async () =>
    {
        if (condition()) return true;
        time.Advance(Step);
        await Task.Yield();
        return condition();
    });
}
