using System.Collections.Specialized;
using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>An exit or group of a server, as it was when the object was made.</summary>
public sealed class MxExit
{
    private MxExit(ServerOrigin origin, ExitStatus status, string[] groups)
    {
        (Server, Socket, Node) = origin;
        Name = status.Name;
        Type = status.Type;
        Members = [.. status.Members];
        Groups = groups;
        (State, Reason) = status switch
        {
            { Enabled: false } => ("Disabled", "disabled by an operator"),
            { Refusal: { } refusal } => ("Down", refusal),
            { Limits.Reached: { } reached } => ("Full", reached),
            { Health.State: ExitHealthState.NoCheck } => ("Enabled", CarrierProblem(status)),
            { Health.State: ExitHealthState.Down } => ("Down", status.Health.Reason),
            _ => (status.Health.State.ToString(), CarrierProblem(status) ?? status.Health.Reason),
        };
        Since = status.Health.Since;
        LastProbe = status.Health.LastProbe is { } probe ? new MxExitTest(origin, probe) : null;
        Weight = status.Weight;
        Latency = status.Latency;
        MaxConnections = status.Limits?.Connections;
        Bandwidth = status.Limits?.Bandwidth;
        Quota = status.Limits?.Quota;
        UsedThisMonth = status.Limits?.UsedThisMonth;
        Latency95 = status.Latency95;
        Loss = status.Loss;
        Sessions = status.Sessions;
        Dials = status.Dials;
        foreach ((string failure, long count) in status.Failures.OrderByDescending(pair => pair.Value)) Failures.Add(failure, count);
        FailedDials = status.Failures.Values.Sum();
        LastError = status.LastError;
        Country = status.Country;
        User = status.User;
        Carriers = status.Carriers?.Count;
        CarriersLostSince = status.Carriers?.LostSince;
        CarrierError = status.Carriers?.LastError;
        LeaseHolder = status.Lease?.Node;
        LeaseHeld = status.Lease?.IsHeld;
        LeaseToken = status.Lease?.Token;
        LeaseLeft = status.Lease?.Left;
        Origin = status.Origin?.ToString();
        MemberSince = status.Since;
        Expires = status.Expires;
        BytesUp = status.BytesUp;
        BytesDown = status.BytesDown;
        BusiestDestination = status.BusiestDestination;
        FreePorts = status.FreePorts;
    }

    internal static MxExit Of(ServerOrigin origin, ExitStatus exit, IEnumerable<ExitStatus> all) =>
        new(origin, exit, exit.MemberOf is { } member ? [member]
            : [.. all.Where(group => group.Members.Contains(exit.Name, StringComparer.Ordinal)).Select(group => group.Name)]);

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The node of the fleet that says so; null where one server was asked for its own.</summary>
    public string? Node { get; }

    /// <summary>On how many nodes of the fleet it is in the worst of its states, such as down on 2 of 3 nodes; null where one server was asked for its
    /// own.</summary>
    public string? FleetState { get; internal set; }

    /// <summary>The name in the configuration.</summary>
    public string Name { get; }

    /// <summary>direct, socks5, http, ...; group for a group, pool for a direct exit with a pool of addresses, block for the exit that refuses.</summary>
    public string Type { get; }

    /// <summary>The members of a group, in their order, or the exits of a pool's addresses; empty for another exit.</summary>
    public string[] Members { get; }

    /// <summary>The groups that it is a member of.</summary>
    public string[] Groups { get; }

    /// <summary>Up or Down by its health check or its source NAT; Unknown: its check has not found it up yet, and it is used; Enabled: it has
    /// no health check, and it is used; Full: a limit of it is reached; Disabled by an operator.</summary>
    public string State { get; }

    /// <summary>Why it is in this state; null when there is nothing to say.</summary>
    public string? Reason { get; }

    /// <summary>When its health check last took it out or brought it back; null when it never has.</summary>
    public DateTimeOffset? Since { get; }

    /// <summary>The last probe of its health check; null when there was none.</summary>
    public MxExitTest? LastProbe { get; }

    /// <summary>The share in groups with the strategy weighted.</summary>
    public int Weight { get; }

    /// <summary>The moving average of the time that successful dials took; null before the first.</summary>
    public TimeSpan? Latency { get; }

    /// <summary>The most live sessions (limits.connections); null: any number. Of a pool and its addresses, that of all addresses together.</summary>
    public int? MaxConnections { get; }

    /// <summary>Bytes a second in each direction (limits.bandwidth); null: not limited.</summary>
    public long? Bandwidth { get; }

    /// <summary>The bytes that it may move in a month (limits.quota); null: any number.</summary>
    public long? Quota { get; }

    /// <summary>Bytes in both directions this calendar month (UTC), counted since it has a quota; null without one.</summary>
    public long? UsedThisMonth { get; }

    /// <summary>The time that 95 of 100 of the newest successful dials did not exceed; null before there were 20.</summary>
    public TimeSpan? Latency95 { get; }

    /// <summary>The part of the newest dials and probes that failed by its own fault, 0 to 1; half of what counts is from the last five minutes.</summary>
    public double Loss { get; }

    /// <summary>Live sessions.</summary>
    public int Sessions { get; }

    /// <summary>Dials since the server's start.</summary>
    public long Dials { get; }

    /// <summary>Failed dials by class, the most frequent first: TimedOut, ConnectionRefused, ...</summary>
    public OrderedDictionary Failures { get; } = [];

    /// <summary>Failed dials of all classes.</summary>
    public long FailedDials { get; }

    /// <summary>The last failure as a sentence; null when there was none.</summary>
    public string? LastError { get; }

    /// <summary>The country that it leaves from, as its configuration says; null where it says none.</summary>
    public string? Country { get; }

    /// <summary>Of a tunnel exit: the user that its key belongs to, where the configuration says so.</summary>
    public string? User { get; }

    /// <summary>Of a tunnel or ech-tunnel exit: the connections to its server that live; null for others.</summary>
    public int? Carriers { get; }

    /// <summary>Since when a tunnel or ech-tunnel exit has no connection to its server that takes sessions; null while it has one.</summary>
    public DateTimeOffset? CarriersLostSince { get; }

    /// <summary>Why the last of these connections ended or could not be opened; null when none has.</summary>
    public string? CarrierError { get; }

    /// <summary>The node of the fleet that uses its address, as this one last heard; null for exits without a lease.</summary>
    public string? LeaseHolder { get; }

    /// <summary>Whether this node has the lease of its address; null for exits without a lease.</summary>
    public bool? LeaseHeld { get; }

    /// <summary>Counts up with each new holder of its address; null where it is not known.</summary>
    public long? LeaseToken { get; }

    /// <summary>How long this node may use its address without a renewal; null: it may not.</summary>
    public TimeSpan? LeaseLeft { get; }

    /// <summary>How it became a member of its group while the server runs, Published or List; null for exits and groups of the configuration.</summary>
    public string? Origin { get; }

    /// <summary>Since when it is a member at run time; null for exits and groups of the configuration.</summary>
    public DateTimeOffset? MemberSince { get; }

    /// <summary>When a published exit ends unless it is published again; null for others.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>Bytes from clients to targets since the server's start.</summary>
    public long BytesUp { get; }

    /// <summary>Bytes from targets to clients since the server's start.</summary>
    public long BytesDown { get; }

    /// <summary>For a direct exit: the target with the most live connections; while it has none, that of the last one; null when there was none,
    /// and where it is not counted.</summary>
    public IPEndPoint? BusiestDestination { get; }

    /// <summary>The ephemeral ports left for connections to <see cref="BusiestDestination"/>.</summary>
    public int? FreePorts { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static string? CarrierProblem(ExitStatus status) =>
        status.Carriers is { LostSince: not null } carriers ? $"no carrier to its server: {carriers.LastError}" : null;
}
