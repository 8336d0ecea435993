using MultiExit.Engine.Fleet.Nodes;

namespace MultiExit.Engine.Fleet;

/// <summary>A worker that runs works one after the other, so that a store that hangs costs one request and not one for each work.</summary>
/// <param name="works">The works.</param>
/// <param name="membership">The membership; works run while this server is a member.</param>
/// <param name="open">Opens the store, or gives the one that is open.</param>
/// <param name="settle">Takes how a run ended: a failure, or null.</param>
/// <param name="keepsMembership">Whether this worker keeps the membership.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetLane(
    IReadOnlyList<IFleetWork> works, Membership membership, Func<IFleetStore> open, Action<IFleetWork, Exception?> settle, bool keepsMembership,
    TimeProvider time)
{
    private readonly WakeSignal _signal = new(time);
    private readonly FleetTurn[] _turns = [.. works.Select(work => new FleetTurn(work, time))];
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _nextBeat;
    private int _started;

    /// <summary>The exchanges of this worker.</summary>
    public StoreCalls Calls { get; } = new();

    /// <summary>The works.</summary>
    public IReadOnlyList<IFleetWork> Works => works;

    /// <summary>Whether this worker keeps the membership.</summary>
    public bool KeepsMembership => keepsMembership;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Lets works run soon. Thread-safe.</summary>
    /// <param name="topic">The topic; null: all.</param>
    public void Wake(string? topic)
    {
        foreach (FleetTurn turn in _turns)
            if (topic is null || turn.Work.Topic == topic) turn.Wake();
        _signal.Set();
    }

    /// <summary>Works until it is canceled; called again, it goes on where a fault has ended it.</summary>
    /// <param name="isBack">Called when the store can be used again.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task RunAsync(Action isBack, CancellationToken cancellationToken)
    {
        for (; _started < _turns.Length; _started++)
        {
            FleetTurn turn = _turns[_started];
            turn.Work.Start(() => Wake(turn.Work.Topic));
        }
        while (true)
        {
            if (keepsMembership && Now >= _nextBeat)
            {
                Exception? failure = await Calls.TryAsync(token => membership.RunAsync(open(), token), FleetTimes.Patience, time, cancellationToken)
                    .ConfigureAwait(false);
                if (membership.Settle(failure)) isBack();
                _nextBeat = Now + FleetTimes.Beat;
            }
            foreach (FleetTurn turn in _turns)
            {
                if (!turn.IsDue || membership.Member is not { } member) continue;
                turn.Begin();
                Exception? failure = await Calls.TryAsync(token => turn.Work.RunAsync(open(), member, token), FleetTimes.Patience, time, cancellationToken)
                    .ConfigureAwait(false);
                turn.End(failure is null);
                if (failure is null || turn.HasFailedAgain) settle(turn.Work, failure);
                // Whether it is the store or this work alone is known after the next beat.
                if (failure is not null) _nextBeat = keepsMembership ? Now : _nextBeat;
            }
            TimeSpan until = keepsMembership ? _nextBeat - Now : FleetTimes.Beat;
            if (membership.Member is not null) until = _turns.Select(turn => turn.Wait).Append(until).Min();
            await _signal.WaitAsync(until, cancellationToken).ConfigureAwait(false);
        }
    }
}
