using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>The content that a document must have once an edit is done, to compare its text with.</summary>
internal static class NodeEdit
{
    public static ConfigNode Apply(ConfigNode root, EditStep step) => Apply(root, step, 0);

    private static ConfigNode Apply(ConfigNode node, EditStep step, int depth)
    {
        if (depth == step.Place.Count) return step.Kind == EditKind.Add ? Add(node, step) : step.Value!;
        int element = step.Place[depth];
        bool removes = step.Kind == EditKind.Remove && depth == step.Place.Count - 1;
        return node switch
        {
            MapNode map when removes => map with { Entries = [.. map.Entries.Where((_, i) => i != element)] },
            MapNode map => map with
            {
                Entries = [.. map.Entries.Select((entry, i) => i == element ? entry with { Value = Apply(entry.Value, step, depth + 1) } : entry)],
            },
            ListNode list when removes => list with { Items = [.. list.Items.Where((_, i) => i != element)] },
            ListNode list => list with { Items = [.. list.Items.Select((item, i) => i == element ? Apply(item, step, depth + 1) : item)] },
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
    }

    private static ConfigNode Add(ConfigNode node, EditStep step) => node switch
    {
        MapNode map => map with { Entries = [.. map.Entries, new MapEntry(step.Keys[0], default, EditPlan.Nest(step.Keys.Skip(1), step.Value!))] },
        ListNode list => list with { Items = [.. list.Items, step.Value!] },
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };
}
