using System.Globalization;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Rates: a whole number a second, <c>20/s</c>.</summary>
internal static class RateText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a rate such as 20/s";

    /// <summary>Reads <c>20/s</c>.</summary>
    public static bool TryParse(string text, out int perSecond)
    {
        perSecond = 0;
        return text.EndsWith("/s", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out perSecond);
    }
}
