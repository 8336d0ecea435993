using MultiExit.Engine.Configuration;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>The same member for the same client or user.</summary>
/// <remarks>The first choice is rendezvous hashing of the client or user, so a restart and a reload find it again without any state
/// on disk. Only those who had to move to another member are remembered, until they were not seen for the lifetime.</remarks>
internal sealed class Sticky(BindingUnit unit, TimeSpan lifetime, TimeProvider time) : IStrategy
{
    /// <summary>The most moves remembered; beyond it the one unseen for longest is forgotten.</summary>
    internal const int MaxMoved = 65536;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Move>> _moved = new(StringComparer.Ordinal);
    private readonly LinkedList<Move> _byAge = new();

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        string key = BindingKey.Of(unit, context);
        int moved = attempt == 0 ? IndexOf(candidates, MovedTo(key)) : -1;
        return moved >= 0 ? moved : Rendezvous.Choose(candidates, key);
    }

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        string key = BindingKey.Of(unit, context);
        int moved = attempt == 0 ? IndexOf(candidates, MovedTo(key)) : -1;
        return moved >= 0
            ? new(moved, $"{key} had to move to it", _ => $"{key} has moved elsewhere")
            : new(Rendezvous.Choose(candidates, key), $"the hash of {key} leads to it", _ => $"the hash of {key} leads elsewhere");
    }

    public void Served(IReadOnlyList<Member> members, Member member, DialContext context)
    {
        string key = BindingKey.Of(unit, context);
        bool isFirstChoice = members[Rendezvous.Choose(members, key)] == member;
        lock (_lock)
        {
            if (_moved.Remove(key, out LinkedListNode<Move>? known)) _byAge.Remove(known);
            if (isFirstChoice) return;
            if (_moved.Count >= MaxMoved) Forget(_byAge.First!);
            _moved[key] = _byAge.AddLast(new Move(key, member, time.GetTimestamp()));
        }
    }

    private static int IndexOf(IReadOnlyList<Member> candidates, Member? member)
    {
        for (int i = 0; i < candidates.Count; i++)
            if (candidates[i].Index == member?.Index) return i;
        return -1;
    }

    // Forgets those whose lifetime is over, which counts for nothing any more.
    private Member? MovedTo(string key)
    {
        lock (_lock)
        {
            while (_byAge.First is { } oldest && time.GetElapsedTime(oldest.Value.Seen) >= lifetime) Forget(oldest);
            return _moved.TryGetValue(key, out LinkedListNode<Move>? node) ? node.Value.Member : null;
        }
    }

    private void Forget(LinkedListNode<Move> node)
    {
        _moved.Remove(node.Value.Key);
        _byAge.Remove(node);
    }

    private sealed record Move(string Key, Member Member, long Seen);
}
