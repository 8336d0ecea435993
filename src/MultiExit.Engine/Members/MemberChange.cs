namespace MultiExit.Engine.Members;

/// <summary>The members at run time for another configuration, before it is in force.</summary>
/// <param name="Rules">What the configuration says of them.</param>
/// <param name="Members">The members by their names.</param>
/// <param name="Dropped">The published exits and entries of lists that cannot be members under it, and why.</param>
internal sealed record MemberChange(
    MemberRules Rules, Dictionary<string, LiveMember> Members, IReadOnlyList<(string Name, string Group, string Reason)> Dropped);
