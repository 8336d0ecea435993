using System.Text.RegularExpressions;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Regular expressions for names. They are matched in a time that grows with the name alone, whatever the expression is.</summary>
internal static partial class DomainPattern
{
    /// <summary>The most characters of an expression.</summary>
    public const int MaxLength = 256;

    // Far longer than a name of 253 characters takes.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    // Counted repetitions are written out by the matcher, those within each other many times over.
    private const long MaxRepetitions = 10_000;

    /// <summary>Prepares an expression.</summary>
    /// <returns>Null when it is valid, otherwise what is wrong with it.</returns>
    public static string? Parse(string text, out Regex? pattern)
    {
        pattern = null;
        if (text.Length is 0 or > MaxLength) return $"is no expression of 1 to {MaxLength} characters";
        if (Repetitions(text) > MaxRepetitions) return $"has repetitions that come to more than {MaxRepetitions} together";
        try
        {
            pattern = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, MatchTimeout);
            return null;
        }
        catch (NotSupportedException)
        {
            return "has a back reference, a look-around or an atomic group, which would let a name take long to match";
        }
        catch (ArgumentException exception)
        {
            return $"is no regular expression: {exception.Message}";
        }
    }

    private static long Repetitions(string text)
    {
        long product = 1;
        foreach (ValueMatch found in Counted().EnumerateMatches(text))
        {
            long most = 1;
            foreach (ValueMatch number in Number().EnumerateMatches(text.AsSpan(found.Index, found.Length)))
                most = Math.Max(most, long.TryParse(text.AsSpan(found.Index + number.Index, number.Length), out long value) ? value : long.MaxValue);
            if (most > MaxRepetitions || (product *= most) > MaxRepetitions) return long.MaxValue;
        }
        return product;
    }

    [GeneratedRegex(@"\{[0-9]+(,[0-9]*)?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Counted();

    [GeneratedRegex("[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
