using System.Diagnostics;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Takes the time in which the machine lets this process run, for bounds that a document states: of each pause little counts.</summary>
internal sealed class UnpausedClock : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10), MostOfATick = 3 * Tick;

    private readonly CancellationTokenSource _ended = new();
    private readonly Task _ticking;
    private long _elapsed;

    public UnpausedClock() => _ticking = TickAsync();

    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _elapsed));

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _ticking;
        _ended.Dispose();
    }

    // By the threads that the code under test has as well: that none is free counts as a pause.
    private async Task TickAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            await Task.Delay(Tick);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            Interlocked.Add(ref _elapsed, (took < MostOfATick ? took : MostOfATick).Ticks);
        }
    }
}
