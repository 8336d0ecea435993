using System.Diagnostics;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Waits for a state that no event announces.</summary>
internal static class Wait
{
    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TestTransports.Patience, "the awaited state did not come");
            // Leaves the processor to the code that is waited for.
            await Task.Delay(1);
        }
    }
}
