namespace MultiExit.Engine.Configuration.Routes;

/// <summary>Times of the week in a time zone.</summary>
public sealed record RouteTimes
{
    /// <summary>Days of the week; empty: all.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>Hours of the day; empty: all.</summary>
    public IReadOnlyList<RouteHours> Hours { get; init; } = [];

    /// <summary>The time zone by its name in the IANA database, <c>Europe/Berlin</c>; null: that of the host.</summary>
    public string? Zone { get; init; }
}
