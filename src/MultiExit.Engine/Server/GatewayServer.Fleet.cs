using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Quotas;

namespace MultiExit.Engine.Server;

/// <content>What a node shares with its fleet.</content>
public sealed partial class GatewayServer
{
    private IReadOnlyList<IFleetWork> ShareWithFleet() =>
    [
        new SharedLockouts(_logins, _options.Time),
        new SharedQuotas(_limits, _usage, _config.Fleet?.OnOutage != FleetOutage.Refuse, _options.Time),
    ];
}
