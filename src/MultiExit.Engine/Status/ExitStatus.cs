using System.Net;

namespace MultiExit.Engine.Status;

/// <summary>An exit or group at a moment. Its counts begin with the server and go on across reloads, by its name.</summary>
/// <param name="Name">The name in the configuration.</param>
/// <param name="Type">The value of <c>type</c>; <c>group</c> for a group, <c>pool</c> for a direct exit with a pool of addresses, <c>block</c> for the exit
/// that refuses.</param>
/// <param name="Members">The members of a group, in their order, and the exits of the addresses of a pool; empty for another exit.</param>
/// <param name="Enabled">Whether new connections may go to it; an operator may disable it until the server ends.</param>
/// <param name="Weight">The share in groups with the strategy <c>weighted</c>; an operator may override the configured one.</param>
/// <param name="Health">Whether it is up, why, since when, and its last probe.</param>
/// <param name="Sessions">Live sessions that it serves. A UDP association counts at the first exit it used. A group serves none:
/// its members do.</param>
/// <param name="Dials">Dials and datagram flows begun, retries and those under way included; for a group, those it was asked for.</param>
/// <param name="Failures">Failed ones by class (<c>TimedOut</c>, <c>ConnectionRefused</c>, ...); classes without any are left out.</param>
/// <param name="Latency">The moving average of the time successful dials took, the way to the target included; null before the first.</param>
/// <param name="LastError">The last failure as a sentence; null when there was none.</param>
/// <param name="BytesUp">Bytes from clients to targets, in sessions live and ended.</param>
/// <param name="BytesDown">Bytes from targets to clients, in sessions live and ended.</param>
/// <param name="BusiestDestination">For a direct exit, the target (or the proxy reached through it) that it has most live
/// connections with, or had its last one with; null when it has had none, and on other systems than Linux.</param>
/// <param name="FreePorts">The ephemeral ports left for connections from the same address to that destination, or to one it never had a
/// connection with: at 0 the next one fails. <c>ip_local_port_range</c> without reserved ports, less what is in use, in TIME_WAIT and by other
/// programs included (beyond 100,000 sockets on the host only this server's live connections).</param>
/// <param name="Refusal">Why no packet may leave through it though it is enabled, in a sentence: its source NAT is not applied. Null:
/// packets may.</param>
public sealed record ExitStatus(
    string Name,
    string Type,
    IReadOnlyList<string> Members,
    bool Enabled,
    int Weight,
    ExitHealthStatus Health,
    int Sessions,
    long Dials,
    IReadOnlyDictionary<string, long> Failures,
    TimeSpan? Latency,
    string? LastError,
    long BytesUp,
    long BytesDown,
    IPEndPoint? BusiestDestination,
    int? FreePorts,
    string? Refusal)
{
    /// <summary>Its limits; null: it has none.</summary>
    public ExitLimitStatus? Limits { get; init; }

    /// <summary>The part of its newest dials and probes that failed by its own fault, 0 to 1; half of what counts is from the last five minutes.</summary>
    public double Loss { get; init; }

    /// <summary>The time that 95 of 100 of its newest successful dials did not exceed; null before there were 20.</summary>
    public TimeSpan? Latency95 { get; init; }

    /// <summary>The lease of its address; null: it needs none.</summary>
    public ExitLeaseStatus? Lease { get; init; }

    /// <summary>The country that it leaves from, where the configuration says so; null otherwise.</summary>
    public string? Country { get; init; }

    /// <summary>Of a tunnel exit: the user that its key belongs to, where the configuration says so; null for others.</summary>
    public string? User { get; init; }

    /// <summary>Of an exit that is a member of a group at run time: that group; null for exits and groups of the configuration.</summary>
    public string? MemberOf { get; init; }

    /// <summary>How it became a member at run time; null for exits and groups of the configuration.</summary>
    public MemberOrigin? Origin { get; init; }

    /// <summary>Since when it is a member at run time; null for exits and groups of the configuration.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When a published exit ends unless it is published again; null for others.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Of a tunnel or ech-tunnel exit: its carriers; null for others.</summary>
    public ExitCarriers? Carriers { get; init; }
}
