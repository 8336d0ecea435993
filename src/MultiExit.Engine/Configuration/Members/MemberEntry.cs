using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Members;

/// <summary>An exit that becomes a member of a group at run time.</summary>
/// <param name="Exit">The exit, with its name.</param>
/// <param name="Written">How it was written; secret.</param>
internal sealed record MemberEntry(ExitConfig Exit, MapNode Written)
{
    public string Name => Exit.Name;

    /// <summary>Whether the other one is the same exit, however it is written.</summary>
    public bool IsSame(MemberEntry other) => Name == other.Name && NodeEquality.AreSame(Written, other.Written);

    // Secrets are in it.
    /// <inheritdoc/>
    public override string ToString() => Name;
}
