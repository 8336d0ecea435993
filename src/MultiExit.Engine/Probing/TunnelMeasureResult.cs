namespace MultiExit.Engine.Probing;

/// <summary>What <see cref="TunnelMeasure"/> has found.</summary>
public sealed record TunnelMeasureResult
{
    /// <summary>The proxy without credentials, or the exit.</summary>
    public required string Through { get; init; }

    /// <summary>The far end.</summary>
    public required string Target { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What arrived at the far end; null: it takes nothing, or does not tell.</summary>
    public MovedBytes? Up { get; init; }

    /// <summary>What arrived here; null: it gives nothing.</summary>
    public MovedBytes? Down { get; init; }

    /// <summary>How long each connection took, up to the proxy's word that the target is connected; the shortest first.</summary>
    public IReadOnlyList<TimeSpan> Connects { get; init; } = [];

    /// <summary>How long each answer took; the shortest first. None where the target does not answer.</summary>
    public IReadOnlyList<TimeSpan> RoundTrips { get; init; } = [];

    /// <summary>How many connections failed after the first one had succeeded.</summary>
    public int Failed { get; init; }

    /// <summary>Why the last of them failed; null when none did.</summary>
    public string? LastFailure { get; init; }
}
