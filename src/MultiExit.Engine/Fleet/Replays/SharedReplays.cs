using System.Threading.Channels;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Replays;

/// <summary>Asks the store whether another node has answered a handshake: the one thing for which clients wait for the store. Those that ask at the same time
/// share a request, of which there is one at a time, and no carrier waits longer than <see cref="FleetTimes.ReplayPatience"/>.</summary>
internal sealed class SharedReplays : IFleetWork, IFleetReplays
{
    /// <summary>The topic.</summary>
    public const string Name = "replays";

    /// <summary>The most that are asked about in one request.</summary>
    public const int MaxBatch = 1000;

    /// <summary>The most carriers that wait.</summary>
    public const int MaxAsking = 8192;

    private const int MaxDeleted = 5000;

    // More than come to a node in the time between two runs; and a run ends.
    private const int MaxDeletions = 20;

    private static readonly TimeSpan CleanEvery = TimeSpan.FromSeconds(10);

    private readonly Channel<ReplayAsk> _asks = Channel.CreateBounded<ReplayAsk>(new BoundedChannelOptions(MaxAsking) { SingleReader = true });
    private readonly InboundStates _states;
    private readonly TimeProvider _time;
    private readonly EngineLog _log;
    private readonly ReplayOutage _outage;
    private readonly MissedReplays _missed;
    private readonly StoreCalls _calls = new(); // of the loop alone
    private Action _wake = static () => { };
    private long? _lastClean; // of a run alone
    private volatile bool _hasEnded;

    /// <param name="states">The states of the inbounds that ask.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    public SharedReplays(InboundStates states, EngineLog log, TimeProvider time)
    {
        (_states, _log, _time) = (states, log, time);
        (_outage, _missed) = (new ReplayOutage(log), new MissedReplays(time));
    }

    public string Topic => Name;

    public TimeSpan Period => _outage.IsOn ? FleetTimes.Retry : FleetTimes.Poll;

    // What is deleted may be much.
    public bool IsBulk => true;

    public IEnumerable<ServerWarning> Warnings => _outage.Warnings;

    public void Start(Action wake)
    {
        _wake = wake;
        _states.FleetReplays = this;
    }

    public ValueTask<bool> TryAddAsync(ReplayMark mark, CancellationToken cancellationToken)
    {
        if (!_outage.IsOn && !_hasEnded)
        {
            ReplayAsk ask = new(mark, _time.GetTimestamp());
            if (_asks.Writer.TryWrite(ask)) return new ValueTask<bool>(ask.IsNew.WaitAsync(cancellationToken));
            if (!_hasEnded) Begin($"{MaxAsking} carriers wait for it");
        }
        _missed.Add(mark);
        return new ValueTask<bool>(true);
    }

    public async Task ServeAsync(Membership membership, Func<IFleetStore> open, CancellationToken cancellationToken)
    {
        try
        {
            while (await _asks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                List<ReplayAsk> batch = [];
                while (batch.Count < MaxBatch && _asks.Reader.TryRead(out ReplayAsk? ask)) batch.Add(ask);
                try
                {
                    await AnswerAsync(batch, membership, open, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    LetIn(batch);
                }
            }
        }
        finally
        {
            _hasEnded = true;
            _asks.Writer.TryComplete();
            List<ReplayAsk> left = [];
            while (_asks.Reader.TryRead(out ReplayAsk? ask)) left.Add(ask);
            LetIn(left);
        }
    }

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        bool isOut = _outage.IsOn;
        try
        {
            // As carriers do, also when there is nothing to tell.
            await TellAsync(store, member, atLeastOnce: isOut, cancellationToken).ConfigureAwait(false);
            if (isOut || _lastClean is not { } last || _time.GetElapsedTime(last) >= CleanEvery)
            {
                await CleanAsync(store, member, cancellationToken).ConfigureAwait(false);
                _lastClean = _time.GetTimestamp();
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            _outage.Ran(succeeded: false);
            throw;
        }
        _outage.Ran(succeeded: true);
    }

    public Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) =>
        TellAsync(store, member, atLeastOnce: false, cancellationToken);

    public void Dispose()
    {
        // A node that came after this one has its own.
        if (_states.FleetReplays == this) _states.FleetReplays = null;
    }

    private async Task AnswerAsync(List<ReplayAsk> batch, Membership membership, Func<IFleetStore> open, CancellationToken cancellationToken)
    {
        if (_outage.IsOn) return;
        if (membership.Member is not { } member)
        {
            // Before the first answer of the store there is nothing to say; what was let in is told to it.
            FleetStatus status = membership.Status;
            if ((status.Superseded ? "another server has taken the name of this node" : status.Problem) is { } reason) Begin(reason);
            return;
        }
        // The one that has waited longest.
        TimeSpan left = FleetTimes.ReplayPatience - _time.GetElapsedTime(batch[0].Since);
        HashSet<Guid>? added = null;
        Exception? failure = left <= TimeSpan.Zero ? new TimeoutException("its answers come too late")
            : await _calls.TryAsync(
                async token => added = await open().Replays.AddAsync(member.Fleet, [.. batch.Select(ask => ask.Mark)], token).ConfigureAwait(false),
                left, _time, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            Begin(FleetProblem.Describe(failure));
            FleetProblem.LogUnexpected(_log, failure);
            return;
        }
        // Of two with one handshake, at two inbounds with one key, the first one comes in.
        foreach (ReplayAsk ask in batch) ask.Answer(added!.Remove(ask.Mark.Value));
    }

    // By the local window alone.
    private void LetIn(List<ReplayAsk> asks)
    {
        foreach (ReplayAsk ask in asks)
            if (ask.Answer(isNew: true)) _missed.Add(ask.Mark);
    }

    private void Begin(string problem)
    {
        if (_outage.Begin(problem)) _wake();
    }

    private async Task TellAsync(IFleetStore store, FleetMember member, bool atLeastOnce, CancellationToken cancellationToken)
    {
        for (bool isDue = atLeastOnce; ; isDue = false)
        {
            IReadOnlyList<ReplayMark> marks = _missed.Peek(MaxBatch);
            if (marks.Count == 0 && !isDue) return;
            await store.Replays.AddAsync(member.Fleet, marks, cancellationToken).ConfigureAwait(false);
            _missed.Remove(marks);
        }
    }

    private static async Task CleanAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        for (int i = 0; i < MaxDeletions; i++)
            if (await store.Replays.CleanAsync(member.Fleet, MaxDeleted, cancellationToken).ConfigureAwait(false) < MaxDeleted) return;
    }
}
