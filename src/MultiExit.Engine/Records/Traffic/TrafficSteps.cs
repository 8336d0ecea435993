namespace MultiExit.Engine.Records.Traffic;

/// <summary>The words and lengths of <see cref="TrafficStep"/>.</summary>
public static class TrafficSteps
{
    private static readonly (TrafficStep Step, string Word, long Seconds)[] All =
    [
        (TrafficStep.FiveMinutes, "5m", TrafficTime.IntervalSeconds), (TrafficStep.Hour, "1h", TrafficTime.HourSeconds),
        (TrafficStep.Day, "1d", TrafficTime.DaySeconds),
    ];

    /// <summary>The words.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. All.Select(each => each.Word)];

    /// <summary>Reads a word; null where it is none.</summary>
    public static TrafficStep? Parse(string text) =>
        Array.FindIndex(All, each => string.Equals(each.Word, text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? All[index].Step : null;

    /// <summary>The word of a step; null for the whole.</summary>
    public static string? Word(this TrafficStep step) => Array.Find(All, each => each.Step == step).Word;

    /// <summary>The length of a step; zero for the whole.</summary>
    public static TimeSpan Length(this TrafficStep step) => TimeSpan.FromSeconds(Array.Find(All, each => each.Step == step).Seconds);
}
