using System.Globalization;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Rates: a whole number a second, <c>20/s</c>, or a size a second, <c>10MB/s</c>.</summary>
internal static class RateText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a rate such as 20/s";

    /// <summary>What is expected where bytes are counted, for errors.</summary>
    public const string ExpectedBytes = "a bandwidth such as 10MB/s";

    private const string PerSecond = "/s";

    /// <summary>Reads <c>20/s</c>.</summary>
    public static bool TryParse(string text, out int perSecond)
    {
        perSecond = 0;
        return text.EndsWith(PerSecond, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(0, text.Length - PerSecond.Length), NumberStyles.None, CultureInfo.InvariantCulture, out perSecond);
    }

    /// <summary>Reads <c>10MB/s</c>.</summary>
    public static bool TryParseBytes(string text, out long bytesPerSecond)
    {
        bytesPerSecond = 0;
        return text.EndsWith(PerSecond, StringComparison.Ordinal) && SizeText.TryParse(text[..^PerSecond.Length], out bytesPerSecond);
    }
}
