using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MultiExit.Engine.Tests;

/// <summary>The rules for the text of the sources that no compiler checks.</summary>
public sealed partial class SourceTextTests
{
    private static readonly string Root = typeof(SourceTextTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Every_test_has_the_name_of_a_sentence()
    {
        List<string> names = [];
        List<string> faults = [];
        foreach (string path in Sources("tests"))
        {
            string text = File.ReadAllText(path);
            foreach (Match attribute in TestAttribute().Matches(text))
            {
                string name = Method().Match(text, attribute.Index).Groups["name"].Value;
                names.Add(name);
                if (!name.Contains('_', StringComparison.Ordinal)) faults.Add($"{Path.GetRelativePath(Root, path)}: {name}");
            }
        }
        Assert.Contains(nameof(Every_test_has_the_name_of_a_sentence), names);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void No_line_is_longer_than_the_editor_settings_say()
    {
        int limit = int.Parse(Limit().Match(File.ReadAllText(Path.Combine(Root, ".editorconfig"))).Groups["limit"].Value, CultureInfo.InvariantCulture);
        List<string> faults = [];
        foreach (string path in Sources("src").Concat(Sources("tests")))
        {
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (line.Length > limit) faults.Add($"{Path.GetRelativePath(Root, path)}:{number}: {line.Length} characters, more than {limit}");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void A_single_statement_stands_on_the_line_of_its_if_where_it_fits()
    {
        List<string> faults = [];
        foreach (string path in Sources("src").Concat(Sources("tests")))
        {
            string[] lines = File.ReadAllLines(path);
            for (int i = 0; i + 1 < lines.Length; i++)
            {
                string line = lines[i], next = lines[i + 1].Trim();
                bool alone = SingleIf().IsMatch(line) && next.EndsWith(';') && !Nested().IsMatch(next);
                bool otherwise = i + 2 < lines.Length && lines[i + 2].TrimStart().StartsWith("else", StringComparison.Ordinal);
                if (alone && !otherwise && line.Length + 1 + next.Length <= 160) faults.Add($"{Path.GetRelativePath(Root, path)}:{i + 1}: {line.Trim()}");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    // The number is a property of its own, so no text can be made of both: one session would be "1 sessions".
    [Fact]
    public void A_message_of_the_log_has_no_noun_behind_its_number()
    {
        List<string> faults = [];
        int templates = 0;
        foreach (string path in Sources(Path.Combine("src", "MultiExit.Engine", "Diagnostics")))
        {
            foreach (Match template in Template().Matches(File.ReadAllText(path)))
            {
                templates++;
                if (Counted().IsMatch(template.Value)) faults.Add($"{Path.GetRelativePath(Root, path)}: {template.Value}");
            }
        }
        Assert.True(templates > 100);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(path => !Generated().IsMatch(path));

    // [Fact], [Theory] and what is derived from them, such as [LinuxFact("why")].
    [GeneratedRegex(@"^ *\[\w*(Fact|Theory)\b", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"^ *(public|internal) [^=(;]*\b(?<name>\w+)\(", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Method();

    [GeneratedRegex(@"""MX\d{4} [^""\n]*""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Template();

    [GeneratedRegex(@"\{(Aborted|Count|Lost|[A-Z][a-z]+s)\} (more |live )?[a-z]{2,}s\b(?<!was|is|has)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Counted();

    // A whole condition: no parenthesis is left open.
    [GeneratedRegex(@"^ *if \((?>[^()]|(?<open>\()|(?<-open>\)))*\)(?(open)(?!))$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex SingleIf();

    [GeneratedRegex(@"^(if|for|foreach|while|using|switch|//)\b", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Nested();

    [GeneratedRegex(@"^max_line_length = (?<limit>\d+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Limit();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Generated();
}
