namespace MultiExit.Engine;

/// <summary>A server at a moment.</summary>
/// <param name="Name">The configuration's name.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Started">When it started.</param>
/// <param name="Listeners">Where it listens.</param>
/// <param name="Connections">Client connections now.</param>
/// <param name="Sessions">Sessions now.</param>
/// <param name="TotalSessions">Sessions since the start, live ones included.</param>
/// <param name="BytesUp">Bytes from clients to targets since the start.</param>
/// <param name="BytesDown">Bytes from targets to clients since the start.</param>
/// <param name="Rejected">Connections closed because of a limit since the start.</param>
/// <param name="Failed">Requests that could not be served since the start.</param>
/// <param name="RefusedHandshakes">Tunnel handshakes that failed since the start: probers, wrong keys, wrong clocks, replays.</param>
/// <param name="Faults">Client connections ended since the start because the peer broke its protocol.</param>
public sealed record ServerStatus(
    string Name,
    ServerState State,
    DateTimeOffset Started,
    IReadOnlyList<ListenerStatus> Listeners,
    int Connections,
    int Sessions,
    long TotalSessions,
    long BytesUp,
    long BytesDown,
    long Rejected,
    long Failed,
    long RefusedHandshakes,
    long Faults)
{
    /// <summary>The configuration file; null where there is none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The version of the configuration in force; null without <c>history</c>.</summary>
    public int? ConfigVersion { get; init; }

    /// <summary>When that version goes again unless it is confirmed; null when it stays.</summary>
    public DateTimeOffset? ConfirmUntil { get; init; }

    /// <summary>Why the last configuration that was offered is not in force; null when it is.</summary>
    public string? LastReloadError { get; init; }

    /// <summary>The warnings about the configuration in force that hold now, as <see cref="GatewayServer.GetWarnings"/> says.</summary>
    public IReadOnlyList<ServerWarning> Warnings { get; init; } = [];

    /// <summary>Whether a change of the file is put in force by itself.</summary>
    public bool Watched { get; init; }
}
