namespace MultiExit.Engine.Balancing;

/// <summary>The members of a group, which may come and go while dials look at them. Changed by one thread at a time, read by all.</summary>
/// <param name="configured">Those of the configuration, which stay and come first.</param>
internal sealed class GroupMembers(IReadOnlyList<Member> configured)
{
    private volatile IReadOnlyList<Member> _current = configured;
    private MemberArray? _grown;

    /// <summary>The members now. It does not change any more.</summary>
    public IReadOnlyList<Member> Current => _current;

    /// <summary>Adds a member. That costs the same however many there are.</summary>
    public void Add(Member member)
    {
        if (_grown is null || !ReferenceEquals(_grown, _current)) _grown = new MemberArray([.. _current], _current.Count);
        _current = _grown = _grown.With(member);
    }

    /// <summary>Puts other members in the place of some, takes others out and adds some: all at once.</summary>
    /// <param name="changed">The members that go, each with the one in its place; null: none.</param>
    /// <param name="added">Those that are added.</param>
    public void Change(IReadOnlyDictionary<Member, Member?> changed, IEnumerable<Member>? added = null)
    {
        List<Member> left = new(_current.Count);
        foreach (Member member in _current)
        {
            if (!changed.TryGetValue(member, out Member? successor)) left.Add(member);
            else if (successor is not null) left.Add(successor);
        }
        if (added is not null) left.AddRange(added);
        _current = _grown = new MemberArray([.. left], left.Count);
        // After the change: who has the list of before finds them gone.
        foreach (Member gone in changed.Keys) gone.Leave();
    }
}
