using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.History;

/// <summary>Finds the files that two configurations name alike, and whose content has changed between the two readings.</summary>
internal sealed class ContentComparison(IReadOnlyList<ReadFile> before, IReadOnlyList<ReadFile> after)
{
    private const int MaxPath = 200;
    private readonly Dictionary<string, ReadFile> _oldByPath = By(before, file => file.Path);
    private readonly Dictionary<string, ReadFile> _oldByPlace = By(before, file => file.Place);
    private readonly Dictionary<string, ReadFile> _nowByPlace = By(after, file => file.Place);
    private readonly List<ConfigDifference> _differences = [];
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Finds the files that differ.</summary>
    /// <param name="root">The later configuration in the native schema, which knows the names of things; a file's place has numbers.</param>
    public IReadOnlyList<ConfigDifference> Find(ConfigNode root)
    {
        if (before.Count == 0 || after.Count == 0) return [];
        Visit(root, "");
        // The files named in the options of a URL.
        foreach (ReadFile file in after.Where(file => !_told.Contains(file.Place))) Compare(file, file.Place);
        return _differences;
    }

    private static Dictionary<string, ReadFile> By(IReadOnlyList<ReadFile> files, Func<ReadFile, string> key)
    {
        Dictionary<string, ReadFile> found = new(StringComparer.Ordinal);
        foreach (ReadFile file in files) found.TryAdd(key(file), file);
        return found;
    }

    private void Visit(ConfigNode node, string path)
    {
        switch (node)
        {
            case MapNode map:
                foreach (MapEntry entry in map.Entries) Visit(entry.Value, ConfigPath.Append(path, entry.Key));
                break;
            case ListNode list:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    string? name = list.Items[i] is MapNode item && item.Find("name")?.Value is ScalarNode { IsNull: false } scalar ? scalar.Text : null;
                    Visit(list.Items[i], name is null ? ConfigPath.AppendIndex(path, i) : ConfigPath.AppendName(path, name));
                }
                break;
            case ScalarNode when _nowByPlace.TryGetValue(node.Place.Path, out ReadFile? file) && _told.Add(file.Place):
                Compare(file, path);
                break;
        }
    }

    // The same file, or the file in the same place: a document that moved names another one by the same relative path.
    private void Compare(ReadFile file, string path)
    {
        ReadFile? old = _oldByPath.GetValueOrDefault(file.Path) ?? _oldByPlace.GetValueOrDefault(file.Place);
        if (old is not null && !string.Equals(old.Sha256, file.Sha256, StringComparison.Ordinal))
            _differences.Add(new ConfigDifference(path, ConfigDifferenceKind.Content, null, ErrorText.Clean(file.Path, MaxPath)));
    }
}
