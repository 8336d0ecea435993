using System.Collections.Concurrent;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet;

/// <summary>A server as a node of a fleet: workers in the background write to the store and read it, and nothing else of the server waits for
/// the store, but for clients that may be replays. Thread-safe.</summary>
internal sealed class FleetNode : IAsyncDisposable
{
    private readonly Func<FleetConfig, IFleetStore> _open;
    private readonly IReadOnlyList<IFleetWork> _works;
    private readonly EngineLog _log;
    private readonly Membership _membership;
    private readonly FleetLane[] _lanes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private readonly FleetAsking _asking;
    private readonly FleetAsking _nodesAsking;
    private readonly TimeProvider _time;
    private readonly Task _running;
    private IFleetStore? _store;
    private string? _toldFault;

    /// <summary>Starts the workers.</summary>
    /// <param name="config">The fleet.</param>
    /// <param name="open">Opens the store.</param>
    /// <param name="works">What is shared; they end with the node.</param>
    /// <param name="version">The version of the program.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    public FleetNode(
        FleetConfig config, Func<FleetConfig, IFleetStore> open, IReadOnlyList<IFleetWork> works, string version, EngineLog log, TimeProvider time)
    {
        (Config, _open, _works, _log, _time) = (config, open, works, log, time);
        _membership = new Membership(config, version, log, time);
        (_asking, _nodesAsking) = (Asking(), Asking());
        _lanes = [Lane(isBulk: false), Lane(isBulk: true)];
        FleetListener listener = new(config.Name, _membership, Open, Wake, time);
        _running = Task.WhenAll([
            .. _lanes.Select(lane => EndAsync(token => lane.RunAsync(() => Wake(null), token))), EndAsync(listener.RunAsync),
            .. works.Select(work => EndAsync(token => work.ServeAsync(_membership, Open, token)))]);

        FleetAsking Asking() => new(config, _membership, Open, log, time);

        FleetLane Lane(bool isBulk) => new([.. works.Where(work => work.IsBulk == isBulk)], _membership, Open, Settle, keepsMembership: !isBulk, time);
    }

    /// <summary>The configuration that it was started with.</summary>
    public FleetConfig Config { get; }

    /// <summary>What is known now.</summary>
    public FleetStatus Status => _membership.Status;

    /// <summary>What operators have to know now.</summary>
    public IEnumerable<ServerWarning> Warnings => _membership.Warnings.Concat(_membership.Member is null ? []
        : _problems.OrderBy(problem => problem.Key, StringComparer.Ordinal)
            .Select(problem => Diagnostics.Warnings.FleetNotShared(problem.Key, problem.Value))).Concat(_works.SelectMany(work => work.Warnings));

    /// <summary>Answers an operator from the store; one question at a time.</summary>
    /// <exception cref="ProxyException">This server is no member now, or the store does not answer in time.</exception>
    public Task<T> AskAsync<T>(Func<IFleetStore, FleetMember, CancellationToken, Task<T>> question, CancellationToken cancellationToken) =>
        _asking.AskAsync(question, cancellationToken);

    /// <summary>Asks the other nodes for an operator; one question at a time, which may take seconds, so that no other question waits for it.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public Task<IReadOnlyList<NodeReply>> AskNodesAsync(FleetQuestion question, CancellationToken cancellationToken) =>
        _nodesAsking.AskAsync((store, member, token) => QuestionRound.AskAsync(store, member, question, _time, token), cancellationToken);

    /// <summary>Leaves the fleet, as far as the store answers within a second, and ends the workers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        // Each worker on its own: what takes long does not keep the node from leaving.
        await Task.WhenAll(_lanes.Select(LeaveAsync)).ConfigureAwait(false);
        foreach (IFleetWork work in _works) work.Dispose();
        // A store that hangs is left behind.
        await _lanes[0].Calls.TryAsync(
            _ => _store?.DisposeAsync().AsTask() ?? Task.CompletedTask, FleetTimes.Goodbye, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task LeaveAsync(FleetLane lane)
    {
        // What the stop has canceled is over in an instant, unless the store hangs.
        await lane.Calls.SettleAsync(FleetTimes.Goodbye).ConfigureAwait(false);
        Exception? failure = await lane.Calls.TryAsync(
            token => LeaveAsync(lane, token), FleetTimes.Goodbye, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        if (failure is not null && lane.KeepsMembership) _log.FleetNotLeft(Config.Node, LogText.Clean(failure.Message));
    }

    private async Task LeaveAsync(FleetLane lane, CancellationToken cancellationToken)
    {
        if (_store is not { } store || _membership.Member is not { } member) return;
        // What one of them cannot write does not keep the others from it, nor the node from leaving.
        Exception? failure = null;
        IEnumerable<Func<Task>> all = lane.Works.Select<IFleetWork, Func<Task>>(work => () => work.LeaveAsync(store, member, cancellationToken));
        if (lane.KeepsMembership) all = all.Append(() => _membership.LeaveAsync(store, cancellationToken));
        foreach (Func<Task> last in all)
        {
            try
            {
                await last().ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failure ??= exception;
            }
        }
        if (failure is not null) throw failure;
    }

    private async Task EndAsync(Func<CancellationToken, Task> run)
    {
        try
        {
            while (!await Task.Run(() => TryAsync(run)).ConfigureAwait(false)) await Task.Delay(FleetTimes.Retry, _time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server stops, or has another fleet.
        }
    }

    // A fault of this program costs a worker a moment and not its life, or the node would be lost to the fleet without a word.
    private async Task<bool> TryAsync(Func<CancellationToken, Task> run)
    {
        try
        {
            await run(_stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref _toldFault, exception.Message) != exception.Message) _log.Unexpected("a worker of the fleet", exception);
            return false;
        }
    }

    private void Wake(string? topic)
    {
        foreach (FleetLane lane in _lanes) lane.Wake(topic);
    }

    private IFleetStore Open()
    {
        lock (_opening) return _store ??= _open(Config);
    }

    private void Settle(IFleetWork work, Exception? failure)
    {
        if (failure is null)
        {
            if (_problems.TryRemove(work.Topic, out _)) _log.FleetSharedAgain(work.Topic);
            return;
        }
        string problem = FleetProblem.Describe(failure);
        bool isNew = !_problems.ContainsKey(work.Topic);
        _problems[work.Topic] = problem;
        if (!isNew) return;
        _log.Warn(Diagnostics.Warnings.FleetNotShared(work.Topic, problem));
        FleetProblem.LogUnexpected(_log, failure);
    }
}
