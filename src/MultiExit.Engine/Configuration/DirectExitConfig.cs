using System.Net;

namespace MultiExit.Engine.Configuration;

/// <summary>Straight to the target, from a given source address or the system's choice.</summary>
public sealed record DirectExitConfig : ExitConfig
{
    /// <inheritdoc/>
    public override string Type => "direct";

    /// <summary>The source address; it must be on this host. Null: the system chooses. With an address, only destinations of its
    /// family are reachable through this exit.</summary>
    public IPAddress? Address { get; init; }
}
