using System.Collections;

namespace MultiExit.Engine.Balancing;

/// <summary>The members of a group at a moment, in their order. Immutable; lists that grow from each other share their array.</summary>
internal sealed class MemberArray(Member[] members, int count) : IReadOnlyList<Member>
{
    public int Count => count;

    public Member this[int index] => index < count ? members[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>A list with one more member. Called on the newest list only, by one thread at a time: the place behind its end belongs to no other.</summary>
    public MemberArray With(Member member)
    {
        Member[] array = members;
        if (count == array.Length) Array.Resize(ref array, Math.Max(8, 2 * count));
        array[count] = member;
        return new MemberArray(array, count + 1);
    }

    public IEnumerator<Member> GetEnumerator()
    {
        for (int i = 0; i < count; i++) yield return members[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
