namespace MultiExit.Engine.Records.Traffic;

/// <summary>The times of the history: whole seconds since 1970, at which intervals begin.</summary>
internal static class TrafficTime
{
    /// <summary>An interval.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    public const long IntervalSeconds = 300, HourSeconds = 3600, DaySeconds = 86_400;

    /// <summary>The begin of the interval that a time is in.</summary>
    public static long StartOf(DateTimeOffset time) => Floor(time.ToUnixTimeSeconds(), IntervalSeconds);

    /// <summary>The greatest multiple that is not greater.</summary>
    public static long Floor(long seconds, long step) => seconds - (seconds % step + step) % step;
}
