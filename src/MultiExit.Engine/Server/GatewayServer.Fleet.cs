using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Pins;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Fleet.Shares;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Records;

namespace MultiExit.Engine.Server;

/// <content>What a node shares with its fleet.</content>
public sealed partial class GatewayServer
{
    /// <summary>Where the server's configuration and that of its fleet meet.</summary>
    internal RolloutPort Rollouts { get; } = new();

    /// <summary>Where what other nodes ask and what this server knows meet.</summary>
    internal QuestionPort Questions { get; } = new();

    /// <inheritdoc cref="FleetKeeper.AskNodesAsync"/>
    internal Task<IReadOnlyList<NodeReply>> AskNodesAsync(FleetQuestion question, CancellationToken cancellationToken) =>
        _fleet.AskNodesAsync(question, cancellationToken);

    /// <inheritdoc cref="FleetKeeper.AskAsync"/>
    internal Task<T> AskFleetAsync<T>(Func<IFleetStore, FleetMember, CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        _fleet.AskAsync(ask, cancellationToken);

    /// <summary>Searches the records that the nodes of the fleet have copied to its store, newest first.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ProxyException">The server is in no fleet, or the store does not answer.</exception>
    public Task<FleetRecordPage> FindFleetRecordsAsync(RecordQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit is < 1 or > RecordQuery.MaxLimit) throw new ArgumentOutOfRangeException(nameof(query), query.Limit, "the limit");
        // What others have written may be long; pages of a server's own files are larger.
        RecordQuery asked = query with { Limit = Math.Min(query.Limit, RecordQuery.MaxFleetLimit) };
        return _fleet.AskAsync((store, member, token) => store.Records.FindAsync(member.Fleet, asked, _options.Time, token), cancellationToken);
    }

    private IReadOnlyList<IFleetWork> ShareWithFleet() =>
    [
        // In this order they have the store, and the second in which the server leaves: another node waits for leases.
        new SharedLeases(_leases, ExitLeases.RealmOf(_config.Fleet), _options.Time),
        new SharedLockouts(_logins, _options.Time),
        new SharedConfig(Rollouts, new RolloutGate(() => (_sessions.Total, _counters.Failed, _counters.Faults)), _log, _options.Time),
        new SharedQuotas(_limits, _usage, _config.Fleet?.OnOutage != FleetOutage.Refuse, _options.Time),
        new SharedLimits(_limits, _options.Time),
        new SharedPins(_groupStates, _options.Time),
        new SharedQuestions(Questions, _log, _options.Time),
        new SharedRecords(_records, _unshared, () => _config.Fleet?.Records == true, _options.Time),
        .. _config.Fleet?.Replay == FleetReplay.Shared ? [new SharedReplays(_inboundStates, _log, _options.Time)] : Array.Empty<IFleetWork>(),
    ];
}
