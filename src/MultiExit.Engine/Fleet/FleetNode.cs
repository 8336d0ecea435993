using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet;

/// <summary>A server as a node of a fleet: one worker in the background writes to the store and reads it, and nothing else of the server ever waits
/// for the store. Thread-safe.</summary>
internal sealed class FleetNode : IAsyncDisposable
{
    private readonly FleetConfig _config;
    private readonly Func<FleetConfig, IFleetStore> _open;
    private readonly EngineLog _log;
    private readonly TimeProvider _time;
    private readonly NodeEntry _entry;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _worker;
    private IFleetStore? _store; // of the exchange alone, of which there is one at a time
    private Task _exchange = Task.CompletedTask; // of the worker alone
    private volatile FleetNodeState _state;

    /// <summary>Starts the worker.</summary>
    /// <param name="config">The fleet.</param>
    /// <param name="open">Opens the store.</param>
    /// <param name="version">The version of the program.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    public FleetNode(FleetConfig config, Func<FleetConfig, IFleetStore> open, string version, EngineLog log, TimeProvider time)
    {
        (_config, _open, _log, _time) = (config, open, log, time);
        _entry = NodeEntry.Of(config, version);
        _state = new FleetNodeState { Since = time.GetUtcNow() };
        _worker = Task.Run(RunAsync);
    }

    /// <summary>The configuration that it was started with.</summary>
    public FleetConfig Config => _config;

    /// <summary>What is known now.</summary>
    public FleetStatus Status
    {
        get
        {
            FleetNodeState state = _state;
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
            FleetNodeState state = _state;
            if (state.Problem is { } problem) yield return Diagnostics.Warnings.FleetStoreAway(state.IsOfSchema, problem);
            if (state.NewerEpoch > 0) yield return Diagnostics.Warnings.FleetNodeReplaced(_config.Node, state.Epoch, state.NewerEpoch);
        }
    }

    /// <summary>Leaves the fleet, as far as the store answers within a second, and ends the worker.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        FleetNodeState state = _state;
        Exception? failure = await TryAsync(async token =>
        {
            if (_store is not { } store) return;
            if (state is { IsReachable: true, Epoch: > 0, NewerEpoch: 0 }) await store.Nodes.LeaveAsync(_entry, state.Epoch, token).ConfigureAwait(false);
        }, FleetTimes.Goodbye, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        if (failure is not null) _log.FleetNotLeft(_config.Node, LogText.Clean(failure.Message));
        // A store that hangs is left behind.
        await TryAsync(_ => _store?.DisposeAsync().AsTask() ?? Task.CompletedTask, FleetTimes.Goodbye, TimeProvider.System, CancellationToken.None)
            .ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                FleetNodeState state = _state, read = state;
                Exception? failure = await TryAsync(
                    async token => read = await ExchangeAsync(state, token).ConfigureAwait(false), FleetTimes.Patience, _time, _stopping.Token)
                    .ConfigureAwait(false);
                Settle(failure is null ? read : state, failure);
                await Task.Delay(FleetTimes.Beat, _time, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops, or has another fleet.
        }
    }

    // A call that does not end by its time-out is waited for no longer, and no other one is begun before it has ended.
    private async Task<Exception?> TryAsync(
        Func<CancellationToken, Task> call, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!_exchange.IsCompleted) return new TimeoutException("an earlier request has not ended");
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            CancellationToken token = ended.Token;
            _exchange = Task.Run(() => call(token), CancellationToken.None);
            await _exchange.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException)
        {
            return new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"no answer within {patience.TotalSeconds} s"));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            // Nobody else asks how it ended.
            _ = _exchange.ContinueWith(
                static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task<FleetNodeState> ExchangeAsync(FleetNodeState state, CancellationToken cancellationToken)
    {
        IFleetStore store = _store ??= _open(_config);
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
        return state with { KnowsSchema = true, Epoch = epoch, NewerEpoch = newer, Nodes = nodes, Answered = _time.GetTimestamp() };
    }

    private void Settle(FleetNodeState state, Exception? failure)
    {
        FleetNodeState before = _state;
        bool isReachable = failure is null;
        bool isChange = isReachable != before.IsReachable;
        bool isNews = isChange || (failure is not null && before.Problem is null);
        bool isOfSchema = failure is ProxyException { Reason: ProxyError.StoreSchema };
        // What the log says of an unexpected failure is more than others need to know.
        string? problem = failure switch
        {
            null => null,
            ProxyException or TimeoutException => LogText.Clean(failure.Message),
            _ => "an unexpected failure, which the log has",
        };
        _state = state with
        {
            IsReachable = isReachable, Problem = problem, IsOfSchema = isOfSchema, Since = isChange ? _time.GetUtcNow() : state.Since,
            // Its tables may be others when it is back.
            KnowsSchema = isReachable && state.KnowsSchema,
        };
        if (state.NewerEpoch > 0 && before.NewerEpoch == 0) _log.Warn(Diagnostics.Warnings.FleetNodeReplaced(_config.Node, state.Epoch, state.NewerEpoch));
        if (!isNews) return;
        if (failure is null && state.NewerEpoch == 0) _log.FleetStoreBack(_config.Store.ToString(), _config.Node, _state.Epoch);
        else if (failure is not null) _log.Warn(Diagnostics.Warnings.FleetStoreAway(isOfSchema, problem!));
        if (failure is not (null or ProxyException or TimeoutException)) _log.Unexpected("the store of the fleet", failure);
    }

    private sealed record FleetNodeState
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
