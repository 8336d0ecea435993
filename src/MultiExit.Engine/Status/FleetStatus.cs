namespace MultiExit.Engine.Status;

/// <summary>The fleet of a server, as this node sees it.</summary>
/// <param name="Fleet">The name of the fleet.</param>
/// <param name="Node">The name of this node.</param>
/// <param name="Store">The store, without a password.</param>
/// <param name="Reachable">Whether the last exchange with the store succeeded.</param>
/// <param name="Since">Since when that is so.</param>
public sealed record FleetStatus(string Fleet, string Node, string Store, bool Reachable, DateTimeOffset Since)
{
    /// <summary>How old the newest answer of the store is; null: there was none since the start.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>The epoch of this node; null before it has joined.</summary>
    public long? Epoch { get; init; }

    /// <summary>Whether a server that joined later has the name of this node: this one is no longer a member.</summary>
    public bool Superseded { get; init; }

    /// <summary>Why the store cannot be used; null: it can.</summary>
    public string? Problem { get; init; }

    /// <summary>The nodes by their names, this one among them, as the store last said; they stay when the store is unreachable.</summary>
    public IReadOnlyList<NodeStatus> Nodes { get; init; } = [];

    /// <summary>The newest version of the fleet's configuration and what nodes run, as the store last said; null: nothing was published, or that is not
    /// known.</summary>
    public RolloutStatus? Rollout { get; init; }
}
