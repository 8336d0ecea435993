using System.Globalization;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Sizes: a whole number and one of <c>B KB MB GB</c> (powers of 1000) or <c>KiB MiB GiB</c> (powers of 1024).</summary>
public static class SizeText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a size such as 512B, 64KiB or 10MB";

    /// <summary>Reads <c>64KiB</c>, <c>10MB</c>.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is < 1 or > 9) return false;
        long factor = text[digits..] switch
        {
            "B" => 1,
            "KB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            _ => 0,
        };
        bytes = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture) * factor;
        return factor != 0;
    }

    /// <summary>The shortest text for a size.</summary>
    public static string Format(long bytes) => bytes switch
    {
        _ when bytes > 0 && bytes % (1 << 20) == 0 => $"{bytes >> 20}MiB",
        _ when bytes > 0 && bytes % (1 << 10) == 0 => $"{bytes >> 10}KiB",
        _ => $"{bytes}B",
    };
}
