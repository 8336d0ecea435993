using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.History;

/// <summary>Compares configurations key by key, in the native schema, whatever dialect they are written in.</summary>
public sealed class ConfigComparison
{
    private readonly List<ConfigDifference> _differences = [];

    // Whether an item that was added or removed is reported key by key, or in one line.
    private readonly bool _everyKey;

    private ConfigComparison(bool everyKey) => _everyKey = everyKey;

    /// <summary>What differs in the later configuration; no secret is in it, a changed one shows as <c>*** -> ***</c>.</summary>
    /// <param name="before">The earlier; one without a document (made from URLs) counts as empty.</param>
    /// <param name="after">The later.</param>
    public static IReadOnlyList<ConfigDifference> Between(ConfigResult before, ConfigResult after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ConfigComparison comparison = new(everyKey: false);
        MapNode root = RootOf(after);
        comparison.Compare(RootOf(before), root, "", "");
        // What was added, or names another file now, is reported already.
        foreach (ConfigDifference content in new ContentComparison(before.Files, after.Files).Find(root))
            if (!comparison._differences.Exists(other => Covers(other, content.Path))) comparison._differences.Add(content);
        return comparison._differences;
    }

    /// <summary>Every key of a configuration with its value, secrets masked.</summary>
    public static IReadOnlyList<ConfigDifference> Describe(ConfigResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        ConfigComparison comparison = new(everyKey: true);
        comparison.Add(RootOf(result), "", "");
        return comparison._differences;
    }

    // tls.cert covers tls.cert.file and not tls.certificate.
    private static bool Covers(ConfigDifference difference, string path) => difference.Kind == ConfigDifferenceKind.Added
        ? path.StartsWith(difference.Path, StringComparison.Ordinal) && (path.Length == difference.Path.Length || path[difference.Path.Length] is '.' or '[')
        : path == difference.Path || path == $"{difference.Path}.file" || path == $"{difference.Path}.{CredentialFolder.Key}";

    private static MapNode RootOf(ConfigResult result)
    {
        MapNode empty = new(default, []);
        if (result.Document is not { } document) return empty;
        ReadContext context = new(document.File);
        return NodeComposer.Compose(document.Text, context.Errors) is MapNode root ? Dialect.ToNative(root, context).Root : empty;
    }

    private void Compare(ConfigNode before, ConfigNode after, string path, string key)
    {
        switch (before, after)
        {
            case (MapNode old, MapNode now):
                CompareMaps(old, now, path, key);
                break;
            case (ListNode old, ListNode now) when IsNamed(old) && IsNamed(now):
                CompareNamed(old, now, path, key);
                break;
            case (ListNode old, ListNode now) when old.Items.Concat(now.Items).Any(item => item is MapNode):
                CompareItems(old, now, path, key);
                break;
            default:
                if (!NodeEquality.AreSame(before, after))
                    _differences.Add(new(path, ConfigDifferenceKind.Changed, NodeText.Of(before, key), NodeText.Of(after, key)));
                break;
        }
    }

    private void CompareMaps(MapNode before, MapNode after, string path, string key)
    {
        foreach (MapEntry old in before.Entries)
        {
            if (after.Find(old.Key) is { } now) Compare(old.Value, now.Value, ConfigPath.Append(path, old.Key), NodeText.Beneath(key, old.Key));
            else Remove(old.Value, ConfigPath.Append(path, old.Key), NodeText.Beneath(key, old.Key));
        }
        foreach (MapEntry now in after.Entries)
        {
            if (before.Find(now.Key) is null) Add(now.Value, ConfigPath.Append(path, now.Key), NodeText.Beneath(key, now.Key));
        }
    }

    private void CompareNamed(ListNode before, ListNode after, string path, string key)
    {
        Dictionary<string, MapNode> old = ByName(before);
        Dictionary<string, MapNode> now = ByName(after);
        foreach ((string name, MapNode item) in old)
        {
            if (now.TryGetValue(name, out MapNode? same)) CompareMaps(item, same, ConfigPath.AppendName(path, name), key);
            else _differences.Add(new(ConfigPath.AppendName(path, name), ConfigDifferenceKind.Removed, NodeText.Of(item, key), null));
        }
        foreach ((string name, MapNode item) in now)
        {
            if (!old.ContainsKey(name)) _differences.Add(new(ConfigPath.AppendName(path, name), ConfigDifferenceKind.Added, null, NodeText.Of(item, key)));
        }
        // Marks, tables and some strategies depend on the order.
        string[] was = [.. old.Keys.Where(now.ContainsKey)];
        string[] isNow = [.. now.Keys.Where(old.ContainsKey)];
        if (!was.SequenceEqual(isNow, StringComparer.Ordinal))
            _differences.Add(new(path, ConfigDifferenceKind.Changed, "the order " + string.Join(", ", was), string.Join(", ", isNow)));
    }

    // What is the same at both ends is left out; the items in the middle are matched by their places.
    private void CompareItems(ListNode before, ListNode after, string path, string key)
    {
        int common = Math.Min(before.Items.Count, after.Items.Count);
        int head = 0;
        while (head < common && NodeEquality.AreSame(before.Items[head], after.Items[head])) head++;
        int tail = 0;
        while (tail < common - head && NodeEquality.AreSame(before.Items[^(tail + 1)], after.Items[^(tail + 1)])) tail++;
        int old = before.Items.Count - tail;
        int now = after.Items.Count - tail;
        for (int i = head; i < Math.Max(old, now); i++)
        {
            if (i >= now) _differences.Add(new(ConfigPath.AppendIndex(path, i), ConfigDifferenceKind.Removed, NodeText.Of(before.Items[i], key), null));
            else if (i >= old) _differences.Add(new(ConfigPath.AppendIndex(path, i), ConfigDifferenceKind.Added, null, NodeText.Of(after.Items[i], key)));
            else if (!NodeEquality.AreSame(before.Items[i], after.Items[i]))
                _differences.Add(new(ConfigPath.AppendIndex(path, i), ConfigDifferenceKind.Changed,
                    NodeText.Of(before.Items[i], key), NodeText.Of(after.Items[i], key)));
        }
    }

    private void Add(ConfigNode node, string path, string key, bool isItem = false)
    {
        if (Parts(node, path, key, isItem) is { } parts)
            foreach ((ConfigNode part, string partPath, string? partKey) in parts) Add(part, partPath, partKey ?? key, isItem: partKey is null);
        else _differences.Add(new(path, ConfigDifferenceKind.Added, null, NodeText.Of(node, key)));
    }

    private void Remove(ConfigNode node, string path, string key, bool isItem = false)
    {
        if (Parts(node, path, key, isItem) is { } parts)
            foreach ((ConfigNode part, string partPath, string? partKey) in parts) Remove(part, partPath, partKey ?? key, isItem: partKey is null);
        else _differences.Add(new(path, ConfigDifferenceKind.Removed, NodeText.Of(node, key), null));
    }

    // A section that was added or removed is reported by its keys, a list of named things by its items.
    private IEnumerable<(ConfigNode Node, string Path, string? Key)>? Parts(ConfigNode node, string path, string key, bool isItem) => node switch
    {
        MapNode { Entries.Count: > 0 } map when _everyKey || !isItem =>
            map.Entries.Select(entry => (entry.Value, ConfigPath.Append(path, entry.Key), (string?)NodeText.Beneath(key, entry.Key))),
        ListNode list when IsNamed(list) => ByName(list).Select(item => ((ConfigNode)item.Value, ConfigPath.AppendName(path, item.Key), (string?)null)),
        ListNode { Items.Count: > 0 } list when list.Items.All(item => item is MapNode) =>
            list.Items.Select((item, i) => (item, ConfigPath.AppendIndex(path, i), (string?)null)),
        _ => null,
    };

    private static bool IsNamed(ListNode list) => list.Items.Count > 0
        && list.Items.All(item => item is MapNode map && NameOf(map) is not null)
        && list.Items.Select(item => NameOf((MapNode)item)).Distinct(StringComparer.Ordinal).Count() == list.Items.Count;

    private static string? NameOf(MapNode map) => map.Find("name")?.Value is ScalarNode { IsNull: false } name ? name.Text : null;

    private static Dictionary<string, MapNode> ByName(ListNode list) =>
        list.Items.Cast<MapNode>().ToDictionary(item => NameOf(item)!, StringComparer.Ordinal);
}
