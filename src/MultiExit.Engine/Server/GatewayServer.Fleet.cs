using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Fleet.Rollouts;

namespace MultiExit.Engine.Server;

/// <content>What a node shares with its fleet.</content>
public sealed partial class GatewayServer
{
    /// <summary>Where the server's configuration and that of its fleet meet.</summary>
    internal RolloutPort Rollouts { get; } = new();

    /// <inheritdoc cref="FleetKeeper.AskAsync"/>
    internal Task<T> AskFleetAsync<T>(Func<IFleetStore, FleetMember, CancellationToken, Task<T>> ask, CancellationToken cancellationToken) =>
        _fleet.AskAsync(ask, cancellationToken);

    private IReadOnlyList<IFleetWork> ShareWithFleet() =>
    [
        new SharedLockouts(_logins, _options.Time),
        new SharedConfig(Rollouts, new RolloutGate(() => (_sessions.Total, _counters.Failed, _counters.Faults)), _log, _options.Time),
        new SharedQuotas(_limits, _usage, _config.Fleet?.OnOutage != FleetOutage.Refuse, _options.Time),
    ];
}
