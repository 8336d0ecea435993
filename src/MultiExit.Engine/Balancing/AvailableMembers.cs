using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Balancing;

/// <summary>Finds the members that may be tried. Of a large group they are looked for ten times a second, not for each dial; whether the one that was
/// chosen may still be tried is looked at each time. Thread-safe.</summary>
/// <param name="allDown">What happens while no member is up.</param>
/// <param name="time">The clock.</param>
internal sealed class AvailableMembers(AllDownPolicy allDown, TimeProvider time)
{
    /// <summary>A group with more members is large.</summary>
    internal const int Large = 256;

    private static readonly TimeSpan Lasts = TimeSpan.FromMilliseconds(100);

    private volatile Found? _found;

    /// <summary>Those of the members.</summary>
    /// <param name="members">The members of the group now.</param>
    /// <param name="afresh">Whether they are looked for now in any case.</param>
    public IReadOnlyList<Member> Of(IReadOnlyList<Member> members, bool afresh = false)
    {
        if (members.Count <= Large) return Find(members);
        Found? found = _found;
        if (!afresh && found is not null && time.GetElapsedTime(found.At) < Lasts) return found.Members;
        _found = found = new Found(Find(members), time.GetTimestamp());
        return found.Members;
    }

    /// <summary>Those of the members, looked for now.</summary>
    public IReadOnlyList<Member> Find(IReadOnlyList<Member> members)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (members[i].IsAvailable) continue;
            Member[] available = [.. members.Where(candidate => candidate.IsAvailable)];
            return available.Length > 0 || allDown == AllDownPolicy.Fail ? available : [.. members.Where(candidate => candidate.CanBeUsed)];
        }
        return members;
    }

    private sealed record Found(IReadOnlyList<Member> Members, long At);
}
