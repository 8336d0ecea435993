using System.Net;
using System.Text.Json.Serialization;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Explaining;

/// <summary>Which way a request would take, and why. Made without a dial, and without a change to anything.</summary>
public sealed record RouteExplanation
{
    /// <summary>Where the request would go.</summary>
    public required Destination Destination { get; init; }

    /// <summary>The inbound it would come in through.</summary>
    public required string Inbound { get; init; }

    /// <summary>The user; null where the inbound has none.</summary>
    public string? User { get; init; }

    /// <summary>How a client shows here that it is the user: <c>password</c>, <c>token:ci</c>, <c>network:10.8.0.0/16</c>; never the secret.</summary>
    public IReadOnlyList<string> UserKnownBy { get; init; } = [];

    /// <summary>The groups that the user belongs to.</summary>
    public IReadOnlyList<string> UserGroups { get; init; } = [];

    /// <summary>The client; null when it is not known.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>Whether it is about datagrams.</summary>
    public bool Udp { get; init; }

    /// <summary>The outcome.</summary>
    public RouteOutcome Outcome { get; init; }

    /// <summary>The outcome in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What the destination's name resolves to; null when it is an address or was not looked up.</summary>
    public IReadOnlyList<IPAddress>? Addresses { get; init; }

    /// <summary>The rules in their order, up to the one that matches.</summary>
    public IReadOnlyList<RuleExplanation> Rules { get; init; } = [];

    /// <summary>The rule that matches; null for <c>default</c>.</summary>
    public RuleExplanation? Rule { get; init; }

    /// <summary>The exit or group that the rule or the default names.</summary>
    public required ExitExplanation Exit { get; init; }

    /// <summary>Further notes.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The names from the rule's exit or group down to the exit, as far as they are certain.</summary>
    public IReadOnlyList<string> Path => [.. Exit.Path];

    /// <summary>The exits that it may leave by, groups resolved: one, or several where chance decides; none when no member may be used.</summary>
    [JsonIgnore] // they are in Exit
    public IReadOnlyList<ExitExplanation> Leaves => [.. Exit.Leaves];

    /// <summary>The direct exit by which packets leave this host, chains followed; null where there is none or more than one.</summary>
    public ExitExplanation? Egress => Exit.Egresses.ToArray() is [{ Type: "direct" } only] ? only : null;

    /// <summary>All of it as lines of text, for people.</summary>
    public IReadOnlyList<string> Explanation => ExplanationText.Of(this);
}
