using System.Diagnostics;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Waits for a state that announces itself by no event.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < TestTransports.Patience, "the awaited state did not come");
            await Task.Yield();
        }
    }
}
