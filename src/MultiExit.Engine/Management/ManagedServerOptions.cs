using MultiExit.Engine.Server;

namespace MultiExit.Engine.Management;

/// <summary>How a server is run from its configuration.</summary>
public sealed record ManagedServerOptions
{
    /// <summary>The name, in place of the configuration's, across reloads too; null: the configuration's.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the file is watched: a change of it is put in force without a signal or command.</summary>
    public bool Watch { get; init; }

    /// <summary>Starts the program of this process again, so that it takes over (<c>multiexit run --takeover</c>); null: this process is no
    /// program that could be started so.</summary>
    public Func<ISuccessor>? StartSuccessor { get; init; }

    /// <summary>Called with the id of the process that has taken over, before that process knows.</summary>
    public Action<int>? HandedOver { get; init; }

    /// <summary>The settings that come from the host.</summary>
    public GatewayOptions Gateway { get; init; } = new();
}
