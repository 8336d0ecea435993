using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>The fleet of a server, and the state of its store.</summary>
public sealed class MxFleet
{
    internal MxFleet(FleetStatus status)
    {
        Name = status.Fleet;
        Node = status.Node;
        Store = status.Store;
        Reachable = status.Reachable;
        Since = status.Since;
        Lag = status.Lag;
        Problem = status.Problem;
        Epoch = status.Epoch;
        Superseded = status.Superseded;
    }

    /// <summary>The name of the fleet.</summary>
    public string Name { get; }

    /// <summary>The name of the server in it.</summary>
    public string Node { get; }

    /// <summary>The store, without a password.</summary>
    public string Store { get; }

    /// <summary>Whether the store answered the last time.</summary>
    public bool Reachable { get; }

    /// <summary>Since when that is so.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>How old the newest answer of the store is; null: there was none.</summary>
    public TimeSpan? Lag { get; }

    /// <summary>Why the store cannot be used; null: it can.</summary>
    public string? Problem { get; }

    /// <summary>The epoch of the server; null before it has joined.</summary>
    public long? Epoch { get; }

    /// <summary>Whether a server that joined later has the name of this one.</summary>
    public bool Superseded { get; }

    /// <summary>Fleet and node.</summary>
    public override string ToString() => $"{Node} of {Name}";
}
