namespace MultiExit.Engine.Configuration.Settings;

/// <summary>What one client, one user or one inbound may use; null: no limit of its own.</summary>
public sealed record ScopeLimits
{
    /// <summary>Nothing is limited.</summary>
    public static ScopeLimits None { get; } = new();

    /// <summary>The most at a time: connections of a client or an inbound, sessions of a user.</summary>
    public int? Connections { get; init; }

    /// <summary>New ones a second; a burst may hold as many as a second.</summary>
    public int? NewPerSecond { get; init; }

    /// <summary>Bytes a second in each direction, of all sessions together.</summary>
    public long? Bandwidth { get; init; }

    /// <summary>The most UDP associations at a time; a user's count as sessions too.</summary>
    public int? Associations { get; init; }

    /// <summary>Bytes in both directions a calendar month (UTC). For users only.</summary>
    public long? Quota { get; init; }

    /// <summary>These limits, with those of another where these have none.</summary>
    public ScopeLimits Or(ScopeLimits other) => new()
    {
        Connections = Connections ?? other.Connections,
        NewPerSecond = NewPerSecond ?? other.NewPerSecond,
        Bandwidth = Bandwidth ?? other.Bandwidth,
        Associations = Associations ?? other.Associations,
        Quota = Quota ?? other.Quota,
    };
}
