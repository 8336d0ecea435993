using MultiExit.Engine;

namespace MultiExit;

/// <summary>A server of this process.</summary>
/// <param name="Name">The name it is reached by.</param>
/// <param name="Managed">The server and its configuration.</param>
internal sealed record RunningServer(string Name, ManagedServer Managed)
{
    public GatewayServer Gateway => Managed.Gateway;

    public MxServer Snapshot() => new(Name, Managed);
}
