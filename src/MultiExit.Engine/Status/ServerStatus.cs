namespace MultiExit.Engine.Status;

/// <summary>A server at a moment.</summary>
/// <param name="Name">The configuration's name.</param>
/// <param name="State">Its state.</param>
/// <param name="Started">When it started.</param>
/// <param name="Listeners">Where it listens.</param>
/// <param name="Connections">Client connections now.</param>
/// <param name="Sessions">Sessions now.</param>
/// <param name="TotalSessions">Sessions since the start, live ones included.</param>
/// <param name="BytesUp">Bytes from clients to targets since the start.</param>
/// <param name="BytesDown">Bytes from targets to clients since the start.</param>
/// <param name="Rejected">Clients turned away by limits since the start: connections closed unserved (<c>limits.connections</c> and its like, a
/// lockout; MX2002), sessions and UDP associations over a limit of their client, user or inbound (MX2014).</param>
/// <param name="Failed">Requests of clients that were not served since the start: a rule or limit refused them, or their target was not
/// reached (MX3000). The clients were answered so.</param>
/// <param name="RefusedHandshakes">Clients that were not let in since the start, failed logins left out: tunnel handshakes of probers, with
/// wrong keys or clocks, replays; no credentials where a login is needed; addresses that may not come in (MX2004).</param>
/// <param name="Faults">Client connections ended since the start because the client broke its protocol, TLS included (MX2000).</param>
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

    /// <summary>When that version is rolled back unless it is confirmed; null when it stays.</summary>
    public DateTimeOffset? ConfirmUntil { get; init; }

    /// <summary>Why the last configuration that was offered is not in force; null when it is.</summary>
    public string? LastReloadError { get; init; }

    /// <summary>Logins with wrong credentials since the start (MX2010).</summary>
    public long FailedLogins { get; init; }

    /// <summary>Datagrams of UDP associations since the start that no exit took, that private destinations or a full queue of their destination
    /// kept back, or whose name did not resolve (MX3000, MX3005).</summary>
    public long DroppedDatagrams { get; init; }

    /// <summary>What rules with <c>action: report</c> and limits with <c>shadow: true</c> would have done.</summary>
    public IReadOnlyList<ReportStatus> Reports { get; init; } = [];

    /// <summary>The descriptors of the process; null where the system has no limit of them.</summary>
    public DescriptorUse? Descriptors { get; init; }

    /// <summary>The memory that carriers hold for readers that do not keep up.</summary>
    public MemoryUse? Memory { get; init; }

    /// <summary>The fleet that the server is a node of; null: it stands alone.</summary>
    public FleetStatus? Fleet { get; init; }

    /// <summary>The warnings about the configuration in force that hold now; those whose cause has been removed meanwhile are left out.</summary>
    public IReadOnlyList<ServerWarning> Warnings { get; init; } = [];

    /// <summary>When the sessions that are live then are cut, of a server that drains; null of another one.</summary>
    public DateTimeOffset? DrainUntil { get; init; }

    /// <summary>The version of the program; null: of one before 0.1.0 was released, which did not say.</summary>
    public string? Version { get; init; }

    /// <summary>Whether a change of the file is put in force by itself.</summary>
    public bool Watched { get; init; }
}
