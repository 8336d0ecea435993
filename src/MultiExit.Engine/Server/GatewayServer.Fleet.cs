using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Leases;

namespace MultiExit.Engine.Server;

/// <content>What a node shares with its fleet.</content>
public sealed partial class GatewayServer
{
    private IReadOnlyList<IFleetWork> ShareWithFleet() =>
    [
        new SharedLockouts(_logins, _options.Time),
        new SharedLeases(_leases, ExitLeases.RealmOf(_config.Fleet), _options.Time),
    ];
}
