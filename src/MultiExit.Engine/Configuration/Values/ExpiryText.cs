using System.Globalization;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>When something ends: a day, which counts to its end in UTC, or a time of it (RFC 3339; UTC where it names no offset).</summary>
public static class ExpiryText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a day such as 2027-06-30 (to its end, UTC) or a time such as 2027-06-30T18:00:00Z";

    private static readonly string[] Times =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK"];

    /// <summary>Reads it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="expires">The moment from which on it has ended, in UTC.</param>
    public static bool TryParse(string text, out DateTimeOffset expires)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, Styles, out expires))
            return DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, Styles, out expires);
        expires = expires > DateTimeOffset.MaxValue.AddDays(-1) ? DateTimeOffset.MaxValue : expires.AddDays(1);
        return true;
    }

    /// <summary>The text of a moment, to the second: <c>2027-06-30T18:00:00Z</c>.</summary>
    public static string Format(DateTimeOffset expires) => expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
