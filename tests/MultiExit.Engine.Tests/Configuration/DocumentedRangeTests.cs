using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>docs/configuration.md has a default for each key, and the range of each that has one.</summary>
public sealed partial class DocumentedRangeTests
{
    // The tables of keys; the matrices have neither defaults nor ranges.
    private static readonly (string[] Keys, string Default, string Meaning)[] Rows =
        [.. Table().Matches(File.ReadAllText(ConfigAssert.Sample("configuration.md"))).SelectMany(table => RowsOf(table.Value))];

    private static readonly ILookup<string, KeyRange> Ranges = typeof(GatewayConfig).Assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith("MultiExit.Engine.Configuration", StringComparison.Ordinal) == true)
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
        .Where(field => field.FieldType.IsSubclassOf(typeof(KeyRange))).Select(field => (KeyRange)field.GetValue(null)!)
        .SelectMany(KeysOf).ToLookup(pair => pair.Key, pair => pair.Range, StringComparer.Ordinal);

    [Fact]
    public void Each_key_has_a_default()
    {
        Assert.True(Rows.Length > 90, $"only {Rows.Length} rows were found");
        Assert.All(Rows, row => Assert.False(row.Default.Length == 0, $"{row.Keys[0]} has no default"));
    }

    [Fact]
    public void Each_key_with_a_range_has_it_in_its_row()
    {
        (string Key, string Meaning)[] documented = [.. from row in Rows from key in row.Keys where Ranges.Contains(key) select (key, row.Meaning)];
        Assert.All(documented, row => Assert.True(Ranges[row.Key].Any(range => Says(row.Meaning, range)), $"{row.Key}: {row.Meaning}"));
    }

    [Fact]
    public void Each_range_stands_in_a_row_of_its_key()
    {
        Assert.True(Ranges.Count > 40, $"only {Ranges.Count} ranges were found");
        foreach (IGrouping<string, KeyRange> key in Ranges)
            Assert.All(key, range => Assert.True(Rows.Any(row => row.Keys.Contains(key.Key) && Says(row.Meaning, range)), $"{range} stands in no row"));
    }

    // Limits have a row for each scope, and lockout one for its three keys.
    private static IEnumerable<(string Key, KeyRange Range)> KeysOf(KeyRange range) => range.Key switch
    {
        "connections" or "new" or "bandwidth" or "udp" => [($"{range.Key}_per_client", range), ($"{range.Key}_per_user", range)],
        "quota" => [("quota_per_user", range)],
        "failures" or "within" or "lasts" => [("lockout", range)],
        "ttl" => [("name_parameters", range)],
        "expires" => [("publish.expires", range)],
        _ => [(range.Key, range)],
    };

    private static IEnumerable<(string[] Keys, string Default, string Meaning)> RowsOf(string table)
    {
        string[] lines = table.TrimEnd().Split('\n');
        int defaults = Array.IndexOf(lines[0].Trim('|').Split('|', StringSplitOptions.TrimEntries), "default");
        foreach (string line in lines.Skip(2))
        {
            string[] cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            // By the whole path as well, where two keys of one name differ.
            yield return ([.. Key().Matches(cells[0]).SelectMany(key => new[] { key.Groups["key"].Value, key.Value.Trim('`') }).Distinct()],
                cells[defaults], cells[^1]);
        }
    }

    private static bool Says(string text, KeyRange range) => Span().Matches(text).Any(span =>
    {
        (double? min, double? max) = (Value(span.Groups["min"].Value), Value(span.Groups["max"].Value));
        return range switch
        {
            IntegerRange numbers => min == numbers.Min && max == numbers.Max && span.Value.All(c => !char.IsLetter(c) || c is 't' or 'o'),
            RateRange rates => min == rates.Min && max == rates.Max && span.Value.EndsWith("/s", StringComparison.Ordinal),
            DurationRange times => min == times.Min.TotalMilliseconds && max == times.Max.TotalMilliseconds,
            SizeRange sizes => min == sizes.Min && max == sizes.Max && span.Value.EndsWith("/s", StringComparison.Ordinal) == sizes.IsRate,
            ShareRange shares => min == shares.Min && max == shares.Max,
            _ => false,
        };
    });

    private static double? Value(string text)
    {
        Match match = Number().Match(text);
        double number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "" or "B" or "ms" => number,
            "KiB" => number * 1024,
            "MiB" => number * 1024 * 1024,
            "GiB" => number * 1024 * 1024 * 1024,
            "s" => number * 1000,
            "h" => number * 3_600_000,
            "day" or "days" => number * 86_400_000,
            _ => null,
        };
    }

    [GeneratedRegex(@"^\| key \|(?! (socks5|direct) )[^\n]*\n(\|[^\n]*\n)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Table();

    [GeneratedRegex(@"`(\w+\.)*(?<key>\w+)`", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Key();

    [GeneratedRegex(@"(?<min>[\d.]+ ?(ms|s|h|B|KiB|MiB|GiB|days?)?(/s)?) to (?<max>[\d.]+ ?(ms|s|h|days?|B|KiB|MiB|GiB)?(/s)?)(?!\w)",
        RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Span();

    [GeneratedRegex(@"^(?<number>[\d.]+) ?(?<unit>[A-Za-z]*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Number();
}
