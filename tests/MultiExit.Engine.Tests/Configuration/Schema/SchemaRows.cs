using System.Text.RegularExpressions;

namespace MultiExit.Engine.Tests.Configuration.Schema;

/// <summary>The tables of docs/configuration.md: what the schema says of each key.</summary>
internal sealed partial class SchemaRows
{
    private readonly List<Row> _rows = [];

    public SchemaRows(string text)
    {
        foreach (Match table in Table().Matches(text))
        {
            string heading = Heading().Matches(text[..table.Index])[^1].Groups["heading"].Value;
            string[] lines = table.Value.TrimEnd().Split('\n');
            string[] columns = Cells(lines[0]);
            foreach (string[] cells in lines.Skip(2).Select(Cells))
            {
                string[] keys = [.. Key().Matches(cells[0]).Select(match => match.Groups["key"].Value.Replace(".NAME", "", StringComparison.Ordinal))];
                string[] types = columns.Contains("types", StringComparer.Ordinal) ? [.. cells[1].Split([", ", " and "], StringSplitOptions.None)] : [];
                _rows.Add(new(heading, keys, types, cells[Array.IndexOf(columns, "default")], Plain(cells[^1])));
            }
        }
    }

    public IEnumerable<string> Keys => _rows.SelectMany(row => row.Keys);

    /// <summary>What a key means, and its default; null when no row is about it.</summary>
    /// <param name="path">Its keys from the root, without the names that are free.</param>
    /// <param name="type">The type of the inbound or exit; null elsewhere.</param>
    public (string Description, bool IsRequired)? Find(IReadOnlyList<string> path, string? type)
    {
        Row? best = null;
        int most = 0;
        foreach (Row row in _rows)
        {
            int score = row.Keys.Max(key => Score(key.Split('.'), row.Heading, path));
            if (score <= most || type is not null && row.Types.Length > 0 && !row.IsAbout(type)) continue;
            (best, most) = (row, score);
        }
        if (best is null || (most < 3 && _rows.Count(row => row.Keys.Any(key => key.Split('.')[^1] == path[^1])) > 1)) return null;
        bool isRequired = best.Default.StartsWith("required", StringComparison.Ordinal) && !best.Default.Contains(',', StringComparison.Ordinal)
            && !best.Default.Contains("with", StringComparison.Ordinal) && !best.Default.Contains(';', StringComparison.Ordinal);
        string text = best.Default is "" or "see right" or "see below" || isRequired ? best.Meaning : $"{best.Meaning}\n\nDefault: {Plain(best.Default)}";
        return (text, isRequired);
    }

    // Each key of the row that stands in the path counts twice, the heading once.
    private static int Score(string[] key, string heading, IReadOnlyList<string> path)
    {
        int same = 0;
        while (same < key.Length && same < path.Count && key[^(same + 1)] == path[^(same + 1)]) same++;
        if (same == 0 || same < Math.Min(key.Length, path.Count)) return 0;
        string[] words = heading.ToLowerInvariant().Split([", ", " "], StringSplitOptions.None);
        bool isAbout = words.Any(word => path.SkipLast(1).Contains(word, StringComparer.Ordinal)) || (heading == "Top level" && path.Count == 1);
        return 2 * same + (isAbout ? 1 : 0);
    }

    private static string[] Cells(string line) => line.Trim('|').Split('|', StringSplitOptions.TrimEntries);

    private static string Plain(string text) => Link().Replace(text, "${text}");

    private sealed record Row(string Heading, string[] Keys, string[] Types, string Default, string Meaning)
    {
        public bool IsAbout(string type) => Types[0].StartsWith("all", StringComparison.Ordinal)
            ? !Types[0].Contains("but", StringComparison.Ordinal) || !string.Join(' ', Types).Contains(type, StringComparison.Ordinal)
            : Types.Any(word => word.Split(' ')[0] == type);
    }

    [GeneratedRegex(@"^\| key \|(?! (socks5|direct) )[^\n]*\n(\|[^\n]*\n)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Table();

    [GeneratedRegex("^##+ (?<heading>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"`(?<key>[\w.]+)`", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Key();

    [GeneratedRegex(@"\[(?<text>[^\]\[]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Link();
}
