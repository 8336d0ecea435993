using System.Text.Json;
using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Tests.Configuration.Editing;

/// <summary>Whatever is edited in whatever document: a comparison shows the requested change and nothing else.</summary>
public sealed partial class EditPropertyTests
{
    [Fact]
    public void Comparing_shows_exactly_what_was_asked_for()
    {
        for (int seed = 0; seed < 700; seed++)
        {
            RandomDocument document = new(seed);
            ConfigResult before = Load(document.Text, seed);
            (ConfigEdit edit, ConfigDifferenceKind kind) = Choose(document);
            (ConfigResult after, string text) = Edit(document.Text, edit, seed);
            ConfigDifference only = Assert.Single(ConfigComparison.Between(before, after));
            Assert.Equal(kind, only.Kind);
            Assert.StartsWith(edit.Path, only.Path, StringComparison.Ordinal);
            if (kind != ConfigDifferenceKind.Removed) Assert.Equal(Remarks(document.Text), Remarks(text));
            // A path that a comparison prints is accepted, and names the same place: without it, only empty sections are left of the edit.
            if (kind == ConfigDifferenceKind.Added)
                Assert.DoesNotContain(ConfigComparison.Between(before, Edit(text, ConfigEdit.Remove(only.Path), seed).Result),
                    difference => difference.Path == only.Path);
        }
    }

    [Fact]
    public void Every_path_of_a_description_can_be_edited()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            RandomDocument document = new(seed);
            foreach (ConfigDifference key in ConfigComparison.Describe(Load(document.Text, seed)))
            {
                ErrorList errors = new(null);
                Assert.NotNull(ConfigEditor.Apply(document.Text, [ConfigEdit.Set(key.Path, "x: { y")], errors));
                Assert.NotNull(ConfigEditor.Apply(document.Text, [ConfigEdit.Remove(key.Path)], errors));
            }
        }
    }

    private static (ConfigEdit Edit, ConfigDifferenceKind Kind) Choose(RandomDocument document)
    {
        string limited = ConfigPath.Append("limits.users",
            document.LimitedUsers.Length > 0 ? document.Choose(document.LimitedUsers) : document.Choose(document.Users));
        return document.Next(6) switch
        {
            0 => (ConfigEdit.Set(ConfigPath.AppendName("exits", document.Choose(document.Exits)) + ".weight", JsonSerializer.SerializeToElement(7)),
                ConfigDifferenceKind.Changed),
            1 => (ConfigEdit.Set(ConfigPath.Append("inbounds[in].users", document.Choose(document.Users)) + ".password", "new" + document.Word()),
                ConfigDifferenceKind.Changed),
            2 => (ConfigEdit.Set("limits.connections_per_user", document.Next(2) == 0 ? "5" : "50"), ConfigDifferenceKind.Added),
            3 => (ConfigEdit.Set(limited + ".bandwidth", "5MB/s"), ConfigDifferenceKind.Added),
            4 when document.LimitedUsers.Length > 0 => (ConfigEdit.Remove(limited), ConfigDifferenceKind.Removed),
            _ => (ConfigEdit.Remove(ConfigPath.AppendName("exits", document.Choose(document.Exits)) + ".weight"), ConfigDifferenceKind.Removed),
        };
    }

    private static (ConfigResult Result, string Text) Edit(string text, ConfigEdit edit, int seed)
    {
        ErrorList errors = new(null);
        string? edited = ConfigEditor.Apply(text, [edit], errors);
        Assert.True(edited is not null, $"{seed}: {string.Join('\n', errors.InFileOrder())}\n{text}");
        return (Load(edited, seed), edited);
    }

    private static ConfigResult Load(string text, int seed)
    {
        ConfigResult result = ConfigLoader.Parse(text);
        Assert.True(result.IsValid, $"{seed}: {string.Join('\n', result.Errors)}\n{text}");
        return result;
    }

    private static string[] Remarks(string text) => [.. Remark().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"# remark \d+ \{, \[", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Remark();
}
