using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Status;

/// <summary>How a version of a fleet's configuration is to be rolled out.</summary>
public sealed record RolloutRequest
{
    /// <summary>How long nodes run it well before it counts as good, where nothing is said.</summary>
    public static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(30);

    /// <summary>How long a rollout that nobody has to confirm may take.</summary>
    public static readonly TimeSpan UsualTime = TimeSpan.FromMinutes(10);

    /// <summary>The shortest time for a confirmation.</summary>
    public static readonly TimeSpan MinConfirmWithin = TimeSpan.FromSeconds(10);

    /// <summary>How many nodes get it before the others; 0: all get it at once.</summary>
    public int Canary { get; init; }

    /// <summary>How long the canaries, and then all nodes, have to run it well, up to one hour.</summary>
    public TimeSpan Hold { get; init; } = DefaultHold;

    /// <summary>Nodes go back unless it is confirmed within this time, ten seconds to one day; null: it stays once all nodes have run it
    /// well, and goes back when that takes more than ten minutes.</summary>
    public TimeSpan? ConfirmWithin { get; init; }

    /// <summary>A destination that each node has to reach through it; null: none.</summary>
    public Destination? Probe { get; init; }

    /// <summary>What it is for, as <see cref="ConfigRequest.Message"/>; null: nothing is said.</summary>
    public string? Message { get; init; }

    /// <summary>Who asks for it; null: the user of this process.</summary>
    public string? Who { get; init; }
}
