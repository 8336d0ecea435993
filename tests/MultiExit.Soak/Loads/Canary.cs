using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A session that lives as long as the load does. On a steady way nothing may end it; on a frail one another takes its
/// place.</summary>
internal abstract class Canary(Stage stage, Way way, int seed)
{
    private const int Beat = 700;

    protected Stage Stage => stage;

    protected Way Way => way;

    protected abstract string Kind { get; }

    public async Task RunAsync(CancellationToken until)
    {
        Random random = new(seed);
        while (!until.IsCancellationRequested)
        {
            bool lived = await stage.JudgeAsync(Kind, way, _ => LiveAsync(random, until), Timeout.InfiniteTimeSpan);
            // What a failure means is said already; that the next one fails as well says nothing more.
            if (!lived) await Task.Delay(1000, CancellationToken.None);
        }
    }

    /// <summary>Opens the session, calls <see cref="BeatsAsync"/> all the time, and ends it.</summary>
    protected abstract Task LiveAsync(Random random, CancellationToken until);

    /// <summary>Repeats something until the end. Each time it has to be done before a time that only a lost session takes.</summary>
    protected static async Task BeatsAsync(Random random, Func<CancellationToken, Task> beat, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await InTimeAsync(beat);
            await Task.Delay(random.Next(Beat), CancellationToken.None);
        }
    }

    protected static async Task InTimeAsync(Func<CancellationToken, Task> work)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        try
        {
            await work(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException("nothing came for a minute");
        }
    }
}
