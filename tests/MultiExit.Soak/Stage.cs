using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak;

/// <summary>What sessions are made of, and how each of them is judged.</summary>
internal sealed class Stage(Ledger ledger, TargetSet targets, Dialer dialer, IReadOnlyList<Way> ways)
{
    // A session that makes no end within this time has been lost. The machine may be busy with other things.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private int _seeds;

    public Ledger Ledger => ledger;

    public FrailState Frail { get; } = new();

    public TargetSet Targets => targets;

    public Dialer Dialer => dialer;

    public IReadOnlyList<Way> Ways => ways;

    /// <summary>A number that no other session has, nor the one behind it.</summary>
    public int NextSeed() => Interlocked.Add(ref _seeds, 2);

    /// <summary>Runs a session. It has to go well, unless a fault touched it that may end it; wrong bytes are never excused.</summary>
    /// <returns>Whether it went well.</returns>
    public async Task<bool> JudgeAsync(string kind, Way way, Func<CancellationToken, Task> session, TimeSpan? most = null)
    {
        Tally tally = ledger.Of(kind);
        Interlocked.Increment(ref tally.Begun);
        long began = Environment.TickCount64;
        using CancellationTokenSource limit = new(most ?? Limit);
        try
        {
            await session(limit.Token);
            Interlocked.Increment(ref tally.Well);
            return true;
        }
        catch (Exception exception) when (IsExcused(way, began, exception))
        {
            Interlocked.Increment(ref tally.Excused);
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref tally.Failed);
            string why = limit.IsCancellationRequested ? "it did not come to its end" : Words(exception);
            ledger.Fail($"{kind}, {way}", $"{why}, after {(Environment.TickCount64 - began) / 1000.0:0.0} s");
        }
        return false;
    }

    private static string Words(Exception exception) =>
        $"{exception.GetType().Name}: {exception.Message}{(exception.InnerException is { } inner ? " < " + Words(inner) : "")}";

    private bool IsExcused(Way way, long began, Exception exception)
    {
        if (way.Exit.IsSteady || exception is WrongBytesException || !Frail.MayHaveEnded(began)) return false;
        // A group that can go on to a steady member has to. At a WebSocket a refusal looks like a session that broke.
        return !(way.Exit.IsAlwaysServed && exception is RefusedException && way.Entrance != Entrance.WebSocket);
    }
}
