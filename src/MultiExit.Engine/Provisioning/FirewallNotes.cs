namespace MultiExit.Engine.Provisioning;

/// <summary>The description that a set-up carries, as comments of rules in a chain that nothing calls: the notes live exactly as long as
/// the rules they belong to.</summary>
internal static class FirewallNotes
{
    private const string OwnerNote = "owner ", FilterNote = "rp_filter ";

    public static IEnumerable<string> Write(string owner, IReadOnlyDictionary<string, string> filters) =>
        [OwnerNote + owner, .. filters.OrderBy(filter => filter.Key, StringComparer.Ordinal).Select(filter => $"{FilterNote}{filter.Key} {filter.Value}")];

    public static (string? Owner, IReadOnlyDictionary<string, string> Filters) Read(IEnumerable<string> notes)
    {
        string? owner = null;
        Dictionary<string, string> filters = new(StringComparer.Ordinal);
        foreach (string note in notes)
        {
            if (note.StartsWith(OwnerNote, StringComparison.Ordinal)) owner = note[OwnerNote.Length..];
            else if (note.StartsWith(FilterNote, StringComparison.Ordinal) && note.Split(' ') is [_, var device, var value]) filters[device] = value;
        }
        return (owner, filters);
    }
}
