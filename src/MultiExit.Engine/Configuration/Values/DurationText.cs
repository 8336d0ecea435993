using System.Globalization;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Durations of the native schema: a whole number and one of <c>ms s m h d</c>.</summary>
public static class DurationText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a duration such as 500ms, 10s, 5m, 1h or 1d";

    /// <summary>Reads <c>500ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>, <c>1d</c>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is < 1 or > 10) return false;
        long count = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        long ticks = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => 0,
        };
        if (ticks == 0 || count > TimeSpan.MaxValue.Ticks / ticks) return false;
        duration = new(count * ticks);
        return true;
    }

    /// <summary>Seconds as messages write them in every culture, <c>1.5 s</c>; parts of a millisecond are rounded.</summary>
    public static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";

    /// <summary>The shortest text for a duration, hours at most; parts of a millisecond are cut off.</summary>
    public static string Format(TimeSpan duration)
    {
        long ms = duration.Ticks / TimeSpan.TicksPerMillisecond;
        (long count, string unit) = ms switch
        {
            _ when ms == 0 => (0, "s"),
            _ when ms % 3_600_000 == 0 => (ms / 3_600_000, "h"),
            _ when ms % 60_000 == 0 => (ms / 60_000, "m"),
            _ when ms % 1000 == 0 => (ms / 1000, "s"),
            _ => (ms, "ms"),
        };
        return count.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
