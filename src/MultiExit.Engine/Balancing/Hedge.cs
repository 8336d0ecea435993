using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Balancing;

/// <summary>A dial of two members where the first takes its time: whoever connects first serves the client, and no member has got a byte of it before.
/// Thread-safe.</summary>
/// <param name="config">When.</param>
/// <param name="time">The clock.</param>
internal sealed class Hedge(HedgeConfig config, TimeProvider time)
{
    // The least that RFC 8305 section 5 recommends for the same race between addresses: a member that was dead from the start costs no more.
    private static readonly TimeSpan Unknown = TimeSpan.FromMilliseconds(100);

    // Below, a pause of the machine would start second dials; above, clients would wait too long.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10), Most = TimeSpan.FromSeconds(2);

    // The dials that nobody waits for any more and that come to their own end.
    private const int MaxLate = 64;

    private readonly HedgeBudget _budget = new();
    private int _late;

    /// <summary>How it is configured, as the configuration writes it.</summary>
    public string Setting => config.ToString();

    /// <summary>How long a member has for itself.</summary>
    public TimeSpan DelayOf(Member member)
    {
        if (config.After is { } after) return after;
        TimeSpan learnt = member.State.Times.Percentile95 ?? Unknown;
        return learnt < Least ? Least : learnt > Most ? Most : learnt;
    }

    /// <summary>Dials a member, and another one beside it when that one has not answered in time.</summary>
    /// <param name="first">The member.</param>
    /// <param name="next">Chooses the other one; null: there is none.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="dial">Dials.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>What the dials came to that have ended: the last one counts, and one before it has failed.</returns>
    public async ValueTask<IReadOnlyList<(Member Member, DialResult Result)>> DialAsync(
        Member first, Func<Member?> next, DialContext context, Func<Member, DialContext, CancellationToken, ValueTask<DialResult>> dial,
        CancellationToken cancellationToken)
    {
        _budget.Dialed();
        Racer one = new(first, context, dial, cancellationToken);
        await GiveTimeAsync(one).ConfigureAwait(false);
        if (!await MayRaceAsync(one).ConfigureAwait(false)) return [await EndAsync(one, context).ConfigureAwait(false)];
        if (next() is not { } member)
        {
            _budget.GiveBack();
            return [await EndAsync(one, context).ConfigureAwait(false)];
        }
        Racer two = new(member, context, dial, cancellationToken);
        Racer ahead = await Task.WhenAny(one.Dial, two.Dial).ConfigureAwait(false) == one.Dial ? one : two, behind = ahead == one ? two : one;
        bool isWon = ahead.Dial is { IsCompletedSuccessfully: true, Result.Succeeded: true };
        if (!isWon || ahead == two) _budget.GiveBack();
        // Where the caller has gone, nobody else may end the other one: what would cancel it is taken back here, perhaps before it could.
        if (!ahead.Dial.IsCompletedSuccessfully) LetGo(behind, stop: true);
        else if (isWon) LetGo(behind, stop: false);
        (Member, DialResult) end = await EndAsync(ahead, context).ConfigureAwait(false);
        return isWon ? [end] : [end, await EndAsync(behind, context).ConfigureAwait(false)];
    }

    // The share of second dials may be used up by those under way, and a dead member may hold back more clients than that: they go on in turn, as soon
    // as second dials turn out to have been needed.
    private async Task<bool> MayRaceAsync(Racer racer)
    {
        LinkedListNode<TaskCompletionSource>? turn = null;
        while (!racer.Dial.IsCompleted)
        {
            if (_budget.TryTake(out turn)) return true;
            await Task.WhenAny(racer.Dial, turn.Value.Task).ConfigureAwait(false);
        }
        // Its turn may have come at the moment when its dial ended, and is somebody else's then.
        if (turn is not null) _budget.Leave(turn);
        return false;
    }

    private async Task GiveTimeAsync(Racer racer)
    {
        if (racer.Dial.IsCompleted) return;
        using CancellationTokenSource over = new();
        await Task.WhenAny(racer.Dial, Task.Delay(DelayOf(racer.Member), time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    private static async Task<(Member, DialResult)> EndAsync(Racer racer, DialContext context)
    {
        using (racer)
        {
            DialResult result = await racer.Dial.ConfigureAwait(false);
            if (racer.Trace is { } trace) context.Trace?.Take(trace);
            return (racer.Member, result);
        }
    }

    private void LetGo(Racer racer, bool stop)
    {
        bool isOneTooMany = Interlocked.Increment(ref _late) > MaxLate;
        _ = WaitAsync();

        async Task WaitAsync()
        {
            try
            {
                await racer.LetGoAsync(stop || isOneTooMany).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _late);
            }
        }
    }
}
