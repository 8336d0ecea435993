using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What Get-MxTraffic asks for: a period, its steps, and what rows differ in.</summary>
internal sealed record TrafficPeriod
{
    /// <summary>The most points: a week of five minutes, and 2000 days.</summary>
    public const int MaxPoints = 2016;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public required TrafficFields By { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset Until { get; init; }

    public required TrafficStep Step { get; init; }

    /// <summary>The length of a step.</summary>
    public TimeSpan Length => Step.Length();

    /// <summary>The number of points.</summary>
    public long Count => Math.Max(1, (Until - First + Length - TimeSpan.FromTicks(1)).Ticks / Length.Ticks);

    // Steps are whole multiples of their length in UTC.
    private DateTimeOffset First => Floor(Since, Length);

    /// <summary>A period; its begin is rounded down to five minutes, or to the hour for longer steps.</summary>
    /// <param name="by">What rows differ in.</param>
    /// <param name="since">The begin.</param>
    /// <param name="until">The end.</param>
    /// <param name="step">The steps; null: as fits the period.</param>
    public static TrafficPeriod Of(TrafficFields by, DateTimeOffset since, DateTimeOffset until, TrafficStep? step)
    {
        TrafficStep steps = step ?? ((until - since) switch
        {
            var length when length <= TimeSpan.FromHours(6) => TrafficStep.FiveMinutes,
            var length when length <= TimeSpan.FromDays(4) => TrafficStep.Hour,
            _ => TrafficStep.Day,
        });
        TimeSpan unit = steps == TrafficStep.FiveMinutes ? TimeSpan.FromMinutes(5) : TimeSpan.FromHours(1);
        return new TrafficPeriod { By = by, Since = Floor(since, unit), Until = until, Step = steps };
    }

    /// <summary>The query for all of it in one row.</summary>
    public TrafficQuery Whole => new() { By = By, Since = Since, Until = Until };

    /// <summary>The query for the same hours a week earlier.</summary>
    public TrafficQuery LastWeek => new() { By = By, Since = Since - Week, Until = Until - Week };

    /// <summary>The query for its steps.</summary>
    public TrafficQuery Steps => new() { By = By, Since = Since, Until = Until, Step = Step };

    /// <summary>What a row is of, as a text.</summary>
    public string LabelOf(TrafficRow row, string? node = null)
    {
        List<string> parts = node is null ? [] : [node];
        if (By.HasFlag(TrafficFields.User)) parts.Add(row.User ?? "(no user)");
        if (By.HasFlag(TrafficFields.Exit)) parts.Add(row.Exit ?? "(no exit)");
        if (By.HasFlag(TrafficFields.Inbound)) parts.Add(row.Inbound ?? "");
        return string.Join(' ', parts);
    }

    /// <summary>The points of a row, also where nothing went through.</summary>
    public MxTrafficPoint[] Points(IEnumerable<TrafficRow> rows)
    {
        Dictionary<DateTimeOffset, TrafficRow> known = rows.ToDictionary(row => row.From);
        return [.. Enumerable.Range(0, (int)Count).Select(i => First + i * Length)
            .Select(from => new MxTrafficPoint(from.ToLocalTime(), known.GetValueOrDefault(from)))];
    }

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan unit) => new(time.UtcTicks - time.UtcTicks % unit.Ticks, TimeSpan.Zero);
}
