using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Nodes;

/// <summary>Keeps this server a member of its fleet, and knows the other ones. Thread-safe.</summary>
internal sealed class Membership
{
    private readonly FleetConfig _config;
    private readonly EngineLog _log;
    private readonly TimeProvider _time;
    private readonly NodeEntry _entry;
    private volatile State _state;
    private State? _read; // what an exchange has read, until it is known that it ended in time

    /// <param name="config">The fleet.</param>
    /// <param name="version">The version of the program.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    public Membership(FleetConfig config, string version, EngineLog log, TimeProvider time)
    {
        (_config, _log, _time) = (config, log, time);
        _entry = NodeEntry.Of(config, version);
        _state = new State { Since = time.GetUtcNow() };
    }

    /// <summary>What is known now.</summary>
    public FleetStatus Status
    {
        get
        {
            State state = _state;
            return new FleetStatus(_config.Name, _config.Node, _config.Store.ToString(), state.IsReachable, state.Since)
            {
                Lag = state.Answered is { } answered ? _time.GetElapsedTime(answered) : null,
                Epoch = state.Epoch == 0 ? null : state.Epoch, Superseded = state.NewerEpoch > 0, Problem = state.Problem, Nodes = state.Nodes,
            };
        }
    }

    /// <summary>What operators have to know now.</summary>
    public IEnumerable<ServerWarning> Warnings
    {
        get
        {
            State state = _state;
            if (state.Problem is { } problem) yield return Diagnostics.Warnings.FleetStoreAway(state.IsOfSchema, problem);
            if (state.NewerEpoch > 0) yield return Diagnostics.Warnings.FleetNodeReplaced(_config.Node, state.Epoch, state.NewerEpoch);
        }
    }

    /// <summary>This server as a member; null: it is none, or the store did not answer the last time.</summary>
    public FleetMember? Member => _state is { IsReachable: true, Epoch: > 0, NewerEpoch: 0 } state
        ? new FleetMember(_config.Name, _config.Node, state.Epoch, state.Nodes) : null;

    /// <summary>One exchange: says that the server lives, and reads who else does.</summary>
    public async Task RunAsync(IFleetStore store, CancellationToken cancellationToken)
    {
        State state = _state;
        if (!state.KnowsSchema) StoreVersions.Check(await store.Schema.ReadAsync(cancellationToken).ConfigureAwait(false), store.Schema.Needed);
        (long epoch, long newer) = (state.Epoch, state.NewerEpoch);
        if (newer == 0)
        {
            long known = epoch == 0 ? -1 : await store.Nodes.BeatAsync(_entry, epoch, cancellationToken).ConfigureAwait(false);
            if (known > epoch) newer = known;
            // It has not joined yet, or the store was restored and has forgotten it: no epoch comes twice.
            else if (known < epoch) epoch = await store.Nodes.JoinAsync(_entry, epoch, cancellationToken).ConfigureAwait(false);
        }
        IReadOnlyList<NodeStatus> nodes = await store.Nodes.ListAsync(_config.Name, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        _read = state with { KnowsSchema = true, Epoch = epoch, NewerEpoch = newer, Nodes = nodes, Answered = _time.GetTimestamp() };
    }

    /// <summary>Tells the fleet that the server stops.</summary>
    public async Task LeaveAsync(IFleetStore store, CancellationToken cancellationToken)
    {
        if (Member is { } member) await store.Nodes.LeaveAsync(_entry, member.Epoch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes over how an exchange ended.</summary>
    /// <param name="failure">Why it failed; null: it did not.</param>
    /// <returns>Whether the store can be used again after it could not.</returns>
    public bool Settle(Exception? failure)
    {
        State before = _state, state = failure is null && Interlocked.Exchange(ref _read, null) is { } read ? read : before;
        bool isReachable = failure is null;
        bool isChange = isReachable != before.IsReachable;
        bool isNews = isChange || (failure is not null && before.Problem is null);
        bool isOfSchema = failure is ProxyException { Reason: ProxyError.StoreSchema };
        string? problem = failure is null ? null : FleetProblem.Describe(failure);
        _state = state with
        {
            IsReachable = isReachable, Problem = problem, IsOfSchema = isOfSchema, Since = isChange ? _time.GetUtcNow() : state.Since,
            // Its tables may be others when it is back.
            KnowsSchema = isReachable && state.KnowsSchema,
        };
        if (state.NewerEpoch > 0 && before.NewerEpoch == 0) _log.Warn(Diagnostics.Warnings.FleetNodeReplaced(_config.Node, state.Epoch, state.NewerEpoch));
        if (!isNews) return false;
        if (failure is null && state.NewerEpoch == 0) _log.FleetStoreBack(_config.Store.ToString(), _config.Node, _state.Epoch);
        else if (failure is not null) _log.Warn(Diagnostics.Warnings.FleetStoreAway(isOfSchema, problem!));
        FleetProblem.LogUnexpected(_log, failure);
        return failure is null;
    }

    private sealed record State
    {
        public bool IsReachable { get; init; }

        public DateTimeOffset Since { get; init; }

        public string? Problem { get; init; }

        public bool IsOfSchema { get; init; }

        public bool KnowsSchema { get; init; }

        public long? Answered { get; init; }

        public long Epoch { get; init; }

        public long NewerEpoch { get; init; }

        public IReadOnlyList<NodeStatus> Nodes { get; init; } = [];
    }
}
