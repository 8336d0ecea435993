namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Whether two values say the same, wherever they stand and however they are written.</summary>
internal static class NodeEquality
{
    /// <summary>Whether they do; the order of keys does not matter.</summary>
    public static bool AreSame(ConfigNode a, ConfigNode b) => (a, b) switch
    {
        (ScalarNode x, ScalarNode y) => string.Equals(x.Text, y.Text, StringComparison.Ordinal) && x.IsNull == y.IsNull,
        (ListNode x, ListNode y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items).All(pair => AreSame(pair.First, pair.Second)),
        (MapNode x, MapNode y) => x.Entries.Count == y.Entries.Count
            && x.Entries.All(entry => y.Find(entry.Key) is { } other && AreSame(entry.Value, other.Value)),
        _ => false,
    };
}
