using MultiExit.Engine.Configuration.History;

namespace MultiExit;

/// <summary>A key that differs between two configurations.</summary>
public sealed class MxConfigDifference
{
    private readonly string _text;

    internal MxConfigDifference(ConfigDifference difference, string? versions = null)
    {
        Versions = versions;
        _text = difference.ToString();
        Path = difference.Path;
        Kind = difference.Kind.ToString();
        Before = difference.Before;
        After = difference.After;
    }

    /// <summary>The versions that are compared, with the messages of the changes between them; null where no versions are.</summary>
    public string? Versions { get; }

    /// <summary>The key, <c>exits[wan1].weight</c>.</summary>
    public string Path { get; }

    /// <summary>Added, Removed, Changed, or Content: a file that is named alike has another content than that in force.</summary>
    public string Kind { get; }

    /// <summary>The earlier value, secrets masked; null when it was added.</summary>
    public string? Before { get; }

    /// <summary>The later value, secrets masked; null when it was removed. With Content the file.</summary>
    public string? After { get; }

    /// <summary><c>~ path: before -> after</c>, or <c>~ path: content of FILE changed</c>.</summary>
    public override string ToString() => _text;
}
