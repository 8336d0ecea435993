namespace MultiExit.Engine.Records.Traffic;

/// <summary>What is asked of the history.</summary>
public sealed record TrafficQuery
{
    /// <summary>The most rows of an answer.</summary>
    public const int MaxRows = 100_000;

    /// <summary>The fields that rows differ in.</summary>
    public TrafficFields By { get; init; } = TrafficFields.User;

    /// <summary>From when; null: a day before <see cref="Until"/>.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Until when; null: now.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How long the period of a row is.</summary>
    public TrafficStep Step { get; init; }

    /// <summary>The most rows of this answer.</summary>
    internal int Most { get; init; } = MaxRows;
}
