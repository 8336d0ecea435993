using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Lockouts;

namespace MultiExit.Engine.Server;

/// <content>What a node shares with its fleet.</content>
public sealed partial class GatewayServer
{
    private IReadOnlyList<IFleetWork> ShareWithFleet() => [new SharedLockouts(_logins, _options.Time)];
}
