namespace MultiExit.Engine.Balancing;

/// <summary>What is known of a sticky group at run time beside its exit's state. Kept by name across reloads.</summary>
internal sealed class GroupState(string name, TimeProvider time, Action<UInt128, bool>? changed = null)
{
    /// <summary>The group's name.</summary>
    public string Name { get; } = name;

    /// <summary>Which client is bound to which member.</summary>
    public StickyTable Bindings { get; } = new(time, changed);

    /// <summary>The file that keeps the bindings across restarts; null when they are not kept.</summary>
    public StickyFile? File { get; private set; }

    /// <summary>The lines of that file that could not be parsed when it was read, until they are reported.</summary>
    public int FaultyLines { get; set; }

    private (StickyFile File, IReadOnlyList<StickyBinding> Bindings, int Faulty)? _read;

    /// <summary>Reads a file, unless it is the one in use. The file is used from <see cref="UseFile"/> on: a change that is refused leaves
    /// the one before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="members">The members of the group; bindings to others are dropped.</param>
    /// <param name="lifetime">Older bindings are dropped.</param>
    /// <param name="othersCome">Whether the group gets further members later, whose bindings wait for them.</param>
    /// <exception cref="Errors.ProxyException">The file is something else, or cannot be read.</exception>
    public void ReadFile(string path, HashSet<string> members, TimeSpan lifetime, bool othersCome)
    {
        _read = null;
        if (File is { } known && string.Equals(known.Path, path, StringComparison.Ordinal)) return;
        StickyFile file = new(path, Bindings, time);
        _read = (file, file.Read(members, lifetime, out int faulty, othersCome), faulty);
    }

    /// <summary>Uses the file that was read last; its bindings join those that are known.</summary>
    public StickyFile? UseFile()
    {
        if (_read is not { } read) return File;
        _read = null;
        Bindings.Load(read.Bindings);
        FaultyLines = read.Faulty;
        return File = read.File;
    }

    /// <summary>No file is used any more. Another server may have it meanwhile, so that it is read again before it is used again.</summary>
    public void LeaveFile() => File = null;
}
