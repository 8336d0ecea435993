using System.Globalization;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Durations of the socks5-websocket-proxy dialect: an integer counts nanoseconds; text is a sum of decimal numbers with units,
/// <c>1m30s</c>, <c>1.5s</c>.</summary>
internal static class NanosecondText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "an integer in nanoseconds (30000000000 is 30 s) or text such as \"30s\"";

    private static readonly (string Unit, decimal Nanoseconds)[] Units =
        [("ns", 1m), ("us", 1e3m), ("µs", 1e3m), ("ms", 1e6m), ("s", 1e9m), ("m", 60e9m), ("h", 3600e9m)];

    /// <summary>Reads an integer of nanoseconds.</summary>
    public static bool TryParseInteger(string text, out TimeSpan duration)
    {
        duration = default;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long nanoseconds)) return false;
        duration = new(nanoseconds / TimeSpan.NanosecondsPerTick);
        return true;
    }

    /// <summary>Reads text with units.</summary>
    public static bool TryParseText(string text, out TimeSpan duration)
    {
        duration = default;
        decimal sum = 0;
        ReadOnlySpan<char> rest = text;
        if (rest.IsEmpty || rest.Length > 64) return false;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits is < 1 or > 15 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count))
                return false;
            rest = rest[digits..];
            int letters = rest.IndexOfAny("0123456789.");
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            decimal factor = FactorOf(unit);
            if (factor == 0) return false;
            sum += count * factor;
            rest = rest[unit.Length..];
        }
        if (sum / TimeSpan.NanosecondsPerTick > TimeSpan.MaxValue.Ticks) return false;
        duration = new((long)(sum / TimeSpan.NanosecondsPerTick));
        return true;
    }

    private static decimal FactorOf(ReadOnlySpan<char> unit)
    {
        foreach ((string name, decimal factor) in Units)
            if (unit.SequenceEqual(name)) return factor;
        return 0;
    }
}
