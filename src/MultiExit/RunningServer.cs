using MultiExit.Engine;

namespace MultiExit;

/// <summary>A server of this process.</summary>
/// <param name="Name">The name it is reached by.</param>
/// <param name="Config">The configuration file; null when it came from URLs.</param>
/// <param name="Gateway">The server itself.</param>
internal sealed record RunningServer(string Name, string? Config, GatewayServer Gateway)
{
    public MxServer Snapshot() => new(Name, Config, Gateway.GetStatus());
}
