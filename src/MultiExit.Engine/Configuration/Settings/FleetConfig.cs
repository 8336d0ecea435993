using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>The fleet that a server is a node of.</summary>
/// <param name="Store">The store that the nodes share (key <c>store</c>).</param>
/// <param name="Name">The name of the fleet (key <c>name</c>); a store may serve several.</param>
/// <param name="Node">The name of this node in it (key <c>node</c>).</param>
public sealed record FleetConfig(StoreAddress Store, string Name, string Node)
{
    /// <summary>What is wrong where records are to be copied and none are kept.</summary>
    internal const string NoRecords = "the server keeps no records that `fleet.records` could copy; expected `records` beside it";

    /// <summary>The most labels of a node.</summary>
    public const int MaxLabels = 16;

    /// <summary>The password of the store's role (key <c>password</c>); null: the store asks for none.</summary>
    public Secret? Password { get; init; }

    /// <summary>A CA file (key <c>ca</c>, PEM, absolute path) that alone is trusted; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>What is said of the node to those who look at the fleet (key <c>labels</c>, up to 16 names).</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What counts of quotas while the store is away (key <c>on_outage</c>, default allow).</summary>
    public FleetOutage OnOutage { get; init; }

    /// <summary>Whether records of sessions are copied to the store (key <c>records</c>).</summary>
    public bool Records { get; init; }

    /// <summary>Who remembers the handshakes of tunnels with method tls and of Shadowsocks (key <c>replay</c>, default local).</summary>
    public FleetReplay Replay { get; init; }

    /// <summary>What is wrong with it, which only a configuration made in code can have; null: nothing.</summary>
    internal string? Problem => !Enum.IsDefined(OnOutage) ? "found an unknown rule for outages"
        : !Enum.IsDefined(Replay) ? "found an unknown rule for replays"
        : Labels.Count > MaxLabels ? $"found {Labels.Count} labels; expected {MaxLabels} at most"
        : Labels.Append(Name).Append(Node).Any(text => !NameText.IsValid(text)) ? $"expected names and labels of {NameText.Expected}" : null;

    /// <summary>Whether another configuration asks for the same.</summary>
    internal bool IsSame(FleetConfig other) => this with { Labels = other.Labels } == other && Labels.SequenceEqual(other.Labels, StringComparer.Ordinal);
}
