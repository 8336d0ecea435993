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

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(path => !Generated().IsMatch(path));

    // [Fact], [Theory] and what is derived from them, such as [LinuxFact("why")].
    [GeneratedRegex(@"^ *\[\w*(Fact|Theory)\b", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"^ *(public|internal) [^=(;]*\b(?<name>\w+)\(", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Method();

    [GeneratedRegex(@"^max_line_length = (?<limit>\d+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Limit();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Generated();
}
