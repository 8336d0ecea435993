using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Balancing;

/// <summary>The course of one dial of a group: which members are left, and how many attempts. A dial and its explanation
/// follow the same one.</summary>
/// <param name="candidates">The members that may be tried.</param>
/// <param name="attempts">How many attempts there are at most.</param>
/// <param name="passes">Whether a member that cannot carry what is asked for is passed over, which costs no attempt.</param>
internal sealed class GroupCourse(IReadOnlyList<Member> candidates, int attempts, bool passes)
{
    /// <summary>The members not tried yet, the one after the failed member first.</summary>
    public IReadOnlyList<Member> Candidates { get; private set; } = candidates;

    /// <summary>How many members have failed or were passed over.</summary>
    public int Failures { get; private set; }

    /// <summary>The attempts that are left.</summary>
    public int Left { get; private set; } = attempts;

    /// <summary>Whether nothing more is tried.</summary>
    public bool IsOver => Left <= 0 || Candidates.Count == 0;

    /// <summary>A member has failed.</summary>
    /// <param name="index">Its index among the candidates.</param>
    /// <param name="failure">Why.</param>
    /// <param name="untried">Whether nothing was dialed, which costs no attempt either.</param>
    /// <returns>Whether it was passed over.</returns>
    public bool Failed(int index, DialFailure failure, bool untried = false)
    {
        bool passed = untried || passes && failure == DialFailure.CommandNotSupported;
        Failures++;
        // What one member may not do, no other member may; and a request that goes round would go round once more for each of them.
        Left = failure is DialFailure.NotAllowed or DialFailure.Loop ? 0 : passed ? Left : Left - 1;
        Candidates = IsOver ? [] : [.. Candidates.Skip(index + 1), .. Candidates.Take(index)];
        return passed;
    }

    /// <summary>A member has failed, if it is still a candidate.</summary>
    public void Failed(Member member, DialFailure failure, bool untried = false)
    {
        for (int index = 0; index < Candidates.Count; index++)
        {
            if (Candidates[index] != member) continue;
            Failed(index, failure, untried);
            return;
        }
    }

    /// <summary>Narrows the candidates down.</summary>
    public void Narrow(IReadOnlyList<Member> candidates) => Candidates = candidates;
}
