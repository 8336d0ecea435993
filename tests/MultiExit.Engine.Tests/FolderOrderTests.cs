using System.Reflection;
using System.Text.RegularExpressions;

namespace MultiExit.Engine.Tests;

/// <summary>The engine's folders are floors: each uses only those below it, so that no cycle comes back.</summary>
public sealed partial class FolderOrderTests
{
    private static readonly string Root = typeof(FolderOrderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static readonly string Engine = Path.Combine(Root, "src", "MultiExit.Engine");

    // The table of docs/architecture.md, lowest first.
    private static readonly string[] Order =
        [.. Row().Matches(File.ReadAllText(Path.Combine(Root, "docs", "architecture.md"))).Select(row => row.Groups["folder"].Value)];

    [Fact]
    public void Every_source_file_lies_on_a_floor()
    {
        Assert.Equal(Order.Order(StringComparer.Ordinal), Folders().Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(Engine, "*.cs").Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_uses_only_folders_below_it()
    {
        Dictionary<string, string[]> files = Order.ToDictionary(
            folder => folder, folder => Directory.GetFiles(Path.Combine(Engine, folder), "*.cs", SearchOption.AllDirectories), StringComparer.Ordinal);
        Dictionary<string, HashSet<string>> names = files.ToDictionary(pair => pair.Key, pair => NamesIn(pair.Key, pair.Value), StringComparer.Ordinal);
        IEnumerable<string> faults =
            from pair in files
            from path in pair.Value
            from used in UsedBy(File.ReadAllText(path), names)
            where Array.IndexOf(Order, used) > Array.IndexOf(Order, pair.Key)
            select $"{Path.GetRelativePath(Engine, path).Replace('\\', '/')}: {pair.Key} -> {used}";
        Assert.Empty(faults);
    }

    private static IEnumerable<string> Folders() =>
        from path in Directory.EnumerateDirectories(Engine)
        where Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories).Any()
        let name = Path.GetFileName(path)
        where name is not ("bin" or "obj")
        select name;

    // The texts that may follow the folder's name and a dot: its types, and the folders within it.
    private static HashSet<string> NamesIn(string folder, string[] files) =>
    [
        .. files.SelectMany(path => Declared().Matches(File.ReadAllText(path))).Select(match => match.Groups["type"].Value),
        .. Directory.EnumerateDirectories(Path.Combine(Engine, folder)).Select(path => Path.GetFileName(path)!),
    ];

    // By a using or a whole name, and by a name that begins at the folder, in code and in crefs.
    private static IEnumerable<string> UsedBy(string text, Dictionary<string, HashSet<string>> names) =>
        Whole().Matches(text).Select(match => match.Groups["folder"].Value)
        .Concat(Part().Matches(text)
            .Where(match => names.TryGetValue(match.Groups["folder"].Value, out HashSet<string>? known) && known.Contains(match.Groups["name"].Value))
            .Select(match => match.Groups["folder"].Value))
        .Distinct(StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<folder>\w+)/`", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record( struct)?|delegate [\w<>?, ]+?) (?<type>[A-Z]\w*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Declared();

    [GeneratedRegex(@"MultiExit\.Engine\.(?<folder>\w+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<![\w.])(?<folder>[A-Z]\w*)\.(?<name>[A-Z]\w*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Part();
}
