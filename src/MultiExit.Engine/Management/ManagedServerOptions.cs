using MultiExit.Engine.Server;

namespace MultiExit.Engine.Management;

/// <summary>How a server is run from its configuration.</summary>
public sealed record ManagedServerOptions
{
    /// <summary>The name, in place of the configuration's, across reloads too; null: the configuration's.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the file is watched: a change of it is put in force without a signal or command.</summary>
    public bool Watch { get; init; }

    /// <summary>The settings that come from the host.</summary>
    public GatewayOptions Gateway { get; init; } = new();
}
