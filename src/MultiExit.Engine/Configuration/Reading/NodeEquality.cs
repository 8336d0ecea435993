namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Whether two values mean the same, wherever they stand and however they are written.</summary>
internal static class NodeEquality
{
    /// <summary>Whether two values mean the same; the order of keys does not matter.</summary>
    public static bool AreSame(ConfigNode a, ConfigNode b) => (a, b) switch
    {
        (ScalarNode x, ScalarNode y) => string.Equals(x.Text, y.Text, StringComparison.Ordinal) && x.IsNull == y.IsNull,
        (ListNode x, ListNode y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items).All(pair => AreSame(pair.First, pair.Second)),
        (MapNode x, MapNode y) => x.Entries.Count == y.Entries.Count
            && x.Entries.Zip(y.Entries).All(pair => Counterpart(pair.First, pair.Second, y) is { } other && AreSame(pair.First.Value, other.Value)),
        _ => false,
    };

    // Keys mostly stand in the same place: a thousand users need no million comparisons.
    private static MapEntry? Counterpart(MapEntry entry, MapEntry inItsPlace, MapNode map) =>
        string.Equals(entry.Key, inItsPlace.Key, StringComparison.Ordinal) ? inItsPlace : map.Find(entry.Key);
}
