namespace MultiExit.Engine.Balancing;

/// <summary>What is known of a sticky group at run time beside its exit's state. Kept by name across reloads.</summary>
internal sealed class GroupState(string name, TimeProvider time)
{
    /// <summary>The group's name.</summary>
    public string Name { get; } = name;

    /// <summary>Which client is bound to which member.</summary>
    public StickyTable Bindings { get; } = new(time);

    /// <summary>The file that keeps the bindings across restarts; null: none does.</summary>
    public StickyFile? File { get; private set; }

    /// <summary>The lines of that file that were not understood when it was read, until they are reported.</summary>
    public int FaultyLines { get; set; }

    /// <summary>Reads a file into the bindings, unless it is the one in use.</summary>
    /// <param name="path">The file.</param>
    /// <param name="members">The members of the group; bindings to others are dropped.</param>
    /// <param name="lifetime">Older bindings are dropped.</param>
    /// <exception cref="Errors.ProxyException">The file is something else, or cannot be read.</exception>
    public void UseFile(string path, IReadOnlySet<string> members, TimeSpan lifetime)
    {
        if (File is { } known && string.Equals(known.Path, path, StringComparison.Ordinal)) return;
        StickyFile file = new(path, Bindings, time);
        FaultyLines = file.Load(members, lifetime);
        File = file;
    }
}
