namespace MultiExit.Engine.Configuration.History;

/// <summary>A key that differs between two configurations.</summary>
/// <param name="Path">The key, <c>exits[wan1].weight</c>: inbounds, exits and groups by their names, rules by their numbers from 0.</param>
/// <param name="Kind">How it differs.</param>
/// <param name="Before">The earlier value, secrets masked; null when it was added.</param>
/// <param name="After">The later value, secrets masked; null when it was removed. With <see cref="ConfigDifferenceKind.Content"/>: the file, and never a
/// piece of its content.</param>
public sealed record ConfigDifference(string Path, ConfigDifferenceKind Kind, string? Before, string? After)
{
    /// <summary><c>+ path: value</c>, <c>- path: value</c>, <c>~ path: before -> after</c> or <c>~ path: content of FILE changed</c>.</summary>
    public override string ToString() => Kind switch
    {
        ConfigDifferenceKind.Added => $"+ {Path}: {After}",
        ConfigDifferenceKind.Removed => $"- {Path}: {Before}",
        ConfigDifferenceKind.Content => $"~ {Path}: content of {After} changed",
        _ => $"~ {Path}: {Before} -> {After}",
    };
}
