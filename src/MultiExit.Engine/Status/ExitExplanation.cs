using System.Net;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Status;

/// <summary>An exit or group and what it would do with the request.</summary>
public sealed record ExitExplanation
{
    /// <summary>The name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>The value of <c>type</c>; <c>group</c> for a group, <c>block</c> for the exit that refuses.</summary>
    public required string Type { get; init; }

    /// <summary>The outcome of the request here.</summary>
    public RouteOutcome Outcome { get; init; }

    /// <summary>Why it would not be served; null when it would.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it is known to be up.</summary>
    public ExitHealthState Health { get; init; }

    /// <summary>For a group: how it chooses, as the configuration writes it; null for an exit.</summary>
    public string? Strategy { get; init; }

    /// <summary>For a group: its members in their order; of many, those that count and the first ones.</summary>
    public IReadOnlyList<MemberExplanation> Members { get; init; } = [];

    /// <summary>For a group: how many further members it has that <see cref="Members"/> leaves out.</summary>
    public int MembersLeftOut { get; init; }

    /// <summary>How it became a member of its group at run time; null for exits and groups of the configuration.</summary>
    public MemberOrigin? Origin { get; init; }

    /// <summary>When a published exit ends unless it is published again; null for others.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>For a group: how many other members are tried when a dial fails.</summary>
    public int Retries { get; init; }

    /// <summary>For a group: when another member is dialed beside one that has not answered yet, <c>auto</c> or a duration; null: never.</summary>
    public string? Hedge { get; init; }

    /// <summary>For a direct exit: the address that targets see, the prefix it is drawn from, or <c>inbound</c> where the address that the
    /// client comes in on is not known; null for the system's choice.</summary>
    public string? Source { get; init; }

    /// <summary>For a direct exit: the firewall mark of its packets; null for none.</summary>
    public int? Mark { get; init; }

    /// <summary>For a direct exit: its routing table; null for the system's own.</summary>
    public int? Table { get; init; }

    /// <summary>For a direct exit: the gateway in its table; null where the system's routes decide.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>For a direct exit: the interface; null where the system's routes decide.</summary>
    public string? Interface { get; init; }

    /// <summary>The header of the PROXY protocol that its connections begin with, <c>v1</c> or <c>v2</c>; null for none.</summary>
    public string? SendProxy { get; init; }

    /// <summary>The server that it goes through; null for one that goes straight out.</summary>
    public Destination? Server { get; init; }

    /// <summary>The user that it is known as at <see cref="Server"/>, where the configuration says so; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The exit or group that leads to <see cref="Server"/>.</summary>
    public ExitExplanation? Via { get; init; }

    // A group passes over a member that cannot carry datagrams, and tries all others.
    internal bool LacksUdp { get; init; }

    /// <summary>The exits that may serve the request in the end, groups resolved.</summary>
    internal IEnumerable<ExitExplanation> Leaves => Strategy is null
        ? [this]
        : Members.Where(member => member.Choice is MemberChoice.Taken or MemberChoice.Possible).SelectMany(member => member.Exit!.Leaves);

    /// <summary>The exits by which packets may leave this host, chains followed.</summary>
    internal IEnumerable<ExitExplanation> Egresses => Leaves.SelectMany(leaf => leaf.Via is { } via ? via.Egresses : [leaf]);

    /// <summary>The names from here down to the exit, as far as they are certain.</summary>
    internal IEnumerable<string> Path =>
        Members.FirstOrDefault(member => member.Choice == MemberChoice.Taken) is { Exit: { } taken } ? [Name, .. taken.Path] : [Name];
}
