using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A running server, as it was when the object was made.</summary>
public sealed class MxServer
{
    internal MxServer(RunningServer server, ServerStatus status)
    {
        Name = server.Name;
        Socket = server.Socket;
        HostName = server.Host?.Target.Host;
        Config = status.ConfigFile;
        ConfigVersion = status.ConfigVersion;
        ConfirmUntil = status.ConfirmUntil;
        LastReloadError = status.LastReloadError;
        Watched = status.Watched;
        DrainUntil = status.DrainUntil;
        Version = status.Version;
        State = status.State.ToString();
        Started = status.Started;
        Listeners = [.. status.Listeners.Select(listener => new MxListener(listener))];
        Connections = status.Connections;
        Sessions = status.Sessions;
        TotalSessions = status.TotalSessions;
        BytesUp = status.BytesUp;
        BytesDown = status.BytesDown;
        Rejected = status.Rejected;
        Failed = status.Failed;
        RefusedHandshakes = status.RefusedHandshakes;
        Faults = status.Faults;
        FailedLogins = status.FailedLogins;
        DroppedDatagrams = status.DroppedDatagrams;
        Descriptors = status.Descriptors?.Used;
        DescriptorLimit = status.Descriptors?.Limit;
        ClientWaits = status.Descriptors?.Waits ?? 0;
        Memory = status.Memory?.Used;
        MemoryLimit = status.Memory?.Limit;
        CarrierStalls = status.Memory?.Stalls ?? 0;
        Fleet = status.Fleet is { } fleet ? new MxFleet(fleet) : null;
        Reports = [.. status.Reports.Select(report => new MxReport(report))];
        Warnings = [.. status.Warnings.Select(warning => new MxWarning(warning))];
    }

    /// <summary>The name, unique among the running servers.</summary>
    public string Name { get; }

    /// <summary>Running, Draining or Stopped.</summary>
    public string State { get; }

    /// <summary>Where it listens.</summary>
    public MxListener[] Listeners { get; }

    /// <summary>The configuration file; null for a server started from URLs.</summary>
    public string? Config { get; }

    /// <summary>The version of the configuration in force; null without <c>history</c>.</summary>
    public int? ConfigVersion { get; }

    /// <summary>When that version is rolled back unless it is confirmed; null when it stays.</summary>
    public DateTimeOffset? ConfirmUntil { get; }

    /// <summary>Why the last configuration that was offered is not in force; null when it is.</summary>
    public string? LastReloadError { get; }

    /// <summary>Whether a change of the file is put in force by itself.</summary>
    public bool Watched { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session or of a connected host.</summary>
    public string? Socket { get; }

    /// <summary>The host that Connect-MxServer has connected; null for a server of this one.</summary>
    public string? HostName { get; }

    /// <summary>When it started.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>Client connections now.</summary>
    public int Connections { get; }

    /// <summary>Sessions now.</summary>
    public int Sessions { get; }

    /// <summary>Sessions since the start, live ones included.</summary>
    public long TotalSessions { get; }

    /// <summary>Bytes from clients to targets since the start.</summary>
    public long BytesUp { get; }

    /// <summary>Bytes from targets to clients since the start.</summary>
    public long BytesDown { get; }

    /// <summary>The warnings about the configuration in force that hold now; a reload replaces them.</summary>
    public MxWarning[] Warnings { get; }

    /// <summary>What limits turned away since the start: connections closed unserved, those of locked-out clients included, and sessions and
    /// UDP associations over a limit of their client, user or inbound.</summary>
    public long Rejected { get; }

    /// <summary>Requests of clients that were not served since the start: a rule or limit refused them, or their target was not reached.</summary>
    public long Failed { get; }

    /// <summary>Clients that were not let in since the start, failed logins left out: tunnel handshakes of probers, with wrong keys or clocks,
    /// replays; no credentials where a login is needed; addresses that may not come in.</summary>
    public long RefusedHandshakes { get; }

    /// <summary>Client connections ended since the start because the client broke its protocol, TLS included.</summary>
    public long Faults { get; }

    /// <summary>Logins with wrong credentials since the start.</summary>
    public long FailedLogins { get; }

    /// <summary>Datagrams of UDP associations since the start that no exit took, or that were refused or had to make room.</summary>
    public long DroppedDatagrams { get; }

    /// <summary>Descriptors in use in the server's process; null where the system has no limit of them.</summary>
    public long? Descriptors { get; }

    /// <summary>The most descriptors that the process may have; null for no limit.</summary>
    public long? DescriptorLimit { get; }

    /// <summary>How often new clients had to wait for a descriptor since the process started.</summary>
    public long ClientWaits { get; }

    /// <summary>Bytes that carriers hold for readers that do not keep up, not the memory of the process: 0 where no session is in a tunnel.</summary>
    public long? Memory { get; }

    /// <summary>The most bytes that they may hold (limits.memory).</summary>
    public long? MemoryLimit { get; }

    /// <summary>How often since the start a carrier was not read for a while because it held all the memory that was left.</summary>
    public long CarrierStalls { get; }

    /// <summary>When the sessions that are live then are cut, of a server that drains; null of another one.</summary>
    public DateTimeOffset? DrainUntil { get; }

    /// <summary>The version of the server's program; null where it does not say.</summary>
    public string? Version { get; }

    /// <summary>What rules and limits that only report would have done.</summary>
    public MxReport[] Reports { get; }

    /// <summary>The fleet that the server is a node of; null: it stands alone.</summary>
    public MxFleet? Fleet { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
