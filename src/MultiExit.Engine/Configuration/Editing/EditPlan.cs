using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Finds out what an edit does to a document.</summary>
internal static class EditPlan
{
    private const string NameKey = "name";

    /// <summary>The step for an edit.</summary>
    /// <exception cref="DocumentException">There is nothing at the path that could be changed so.</exception>
    public static EditStep For(ConfigNode root, ConfigEdit edit)
    {
        IReadOnlyList<PathStep> path = ConfigPath.Parse(edit.Path);
        ConfigNode? value = edit.Value is { } json ? EditValue.ToNode(json, edit.Path) : null;
        List<int> place = [];
        ConfigNode node = root;
        string reached = "";
        for (int i = 0; i < path.Count; i++)
        {
            (int element, string next) = Find(node, path[i], reached);
            if (element < 0) return value is null ? throw ConfigPath.Fault(next, "there is nothing to remove") : Missing(node, place, path, i, value, next);
            place.Add(element);
            node = node is MapNode map ? map.Entries[element].Value : ((ListNode)node).Items[element];
            reached = next;
        }
        if (value is null) return new EditStep(EditKind.Remove, place, [], null);
        return new EditStep(EditKind.Replace, place, [], path[^1].Name is { } name && IsItem(root, place) ? Named(value, name, reached) : value);
    }

    private static bool IsItem(ConfigNode root, List<int> place)
    {
        ConfigNode parent = root;
        foreach (int element in place.SkipLast(1)) parent = parent is MapNode map ? map.Entries[element].Value : ((ListNode)parent).Items[element];
        return parent is ListNode;
    }

    // The element's number, -1 when it is missing, and its path.
    private static (int Element, string Path) Find(ConfigNode node, PathStep step, string path)
    {
        switch (node)
        {
            case MapNode map when step.Key is { } key:
                return (IndexOf(map.Entries, entry => entry.Key == key), ConfigPath.Append(path, key));
            case ListNode list when step.Name is { } name:
                if (list.Items.Count(item => NameOf(item) == name) > 1) throw ConfigPath.Fault(path, $"two items have the name {ErrorText.Quote(name)}");
                return (IndexOf(list.Items, item => NameOf(item) == name), ConfigPath.AppendName(path, name));
            case ListNode list when step.Index >= 0:
                return (step.Index < list.Items.Count ? step.Index : -1, ConfigPath.AppendIndex(path, step.Index));
            // The key has no value: as if it were missing.
            case ScalarNode { IsNull: true }:
                return (-1, step.Key is { } missing ? ConfigPath.Append(path, missing) : path);
            default:
                throw ConfigPath.Fault(path, node switch
                {
                    MapNode => "a mapping has keys, no items; expected .key behind it, or [\"key\"]",
                    ListNode => "a list has items, no keys; expected [name] or [number] behind it",
                    _ => "a single value; there is nothing beneath it",
                });
        }
    }

    private static EditStep Missing(ConfigNode node, List<int> place, IReadOnlyList<PathStep> path, int from, ConfigNode value, string reached)
    {
        if (node is ListNode list)
        {
            bool isNext = from == path.Count - 1 && (path[from].Name is not null || path[from].Index == list.Items.Count);
            if (!isNext) throw ConfigPath.Fault(reached, "there is no such item; a new one is added as a whole, with all that it needs");
            return new EditStep(EditKind.Add, place, [], path[from].Name is { } item ? Named(value, item, reached) : value);
        }
        int end = path.Count;
        // The first item of a list that is missing as well.
        if (path[^1].Key is null && path.Count - 1 > from)
        {
            if (path[^1].Name is { } name) value = Named(value, name, reached);
            else if (path[^1].Index > 0) throw ConfigPath.Fault(reached, "there is no such list; its first item has the number 0");
            value = new ListNode(default, [value]);
            end--;
        }
        string?[] keys = [.. path.Skip(from).Take(end - from).Select(step => step.Key)];
        if (keys.Contains(null)) throw ConfigPath.Fault(reached, "there is no such list, and so no item of it");
        if (node is MapNode) return new EditStep(EditKind.Add, place, keys!, value);
        return new EditStep(EditKind.Replace, place, [], Nest(keys!, value));
    }

    /// <summary>The value beneath keys that are new as well.</summary>
    public static ConfigNode Nest(IEnumerable<string> keys, ConfigNode value) =>
        keys.Reverse().Aggregate(value, (inner, key) => new MapNode(default, [new MapEntry(key, default, inner)]));

    // A named item gets its name, which only the path holds.
    private static MapNode Named(ConfigNode value, string name, string path)
    {
        if (value is not MapNode map) throw ConfigPath.Fault(path, "an item with a name is a mapping");
        return NameOf(map) is not null
            ? map
            : new MapNode(default, [new MapEntry(NameKey, default, new ScalarNode(default, name, IsPlain: false)), .. map.Entries]);
    }

    private static string? NameOf(ConfigNode item) => item is MapNode map && map.Find(NameKey)?.Value is ScalarNode { IsNull: false } name ? name.Text : null;

    private static int IndexOf<T>(IReadOnlyList<T> items, Func<T, bool> isIt)
    {
        for (int i = 0; i < items.Count; i++)
            if (isIt(items[i])) return i;
        return -1;
    }
}
