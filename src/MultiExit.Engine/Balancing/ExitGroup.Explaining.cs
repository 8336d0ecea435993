using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Balancing;

/// <content>Explaining: the steps of a dial up to where the dials of the members would begin.</content>
internal sealed partial class ExitGroup
{
    private const int MaxExplained = 50;

    private static readonly Preview ClientUnknown = new(null, "by the client, which is not known", static _ => "");

    public ExitExplanation Explain(ExplainStep step)
    {
        // A UDP association chooses once, before it knows a destination, except for groups by destination that a rule names.
        bool forEachDestination = step.Udp && IsByDestination && step.ByDestination;
        Destination? destination = step.Udp && !forEachDestination ? null : step.Destination;
        ExplainStep next = step with { ByDestination = forEachDestination };
        GroupCourse course = forEachDestination ? new(Candidates(step.Context), 1, passes: false) : Begin(step.Context, step.Udp);
        Dictionary<Member, MemberExplanation> told = [];
        ExitExplanation? fault = null;
        while (!course.IsOver)
        {
            Preview preview = Foresee(course, destination, step);
            // Datagrams to a destination that the member's addresses cannot reach go by another member, without a retry.
            if (step.Udp && step.ByDestination && PassUnreaching(course, preview, step, told)) preview = Foresee(course, step.Destination, step);
            if (preview.Index is not { } index) return Close(step, told, preview.Others, ExplainAny(course, preview, next, told));
            Member chosen = course.Candidates[index];
            ExitExplanation member = chosen.Exit.Explain(next);
            if (member.Outcome != RouteOutcome.Unavailable)
            {
                told[chosen] = new(chosen.Exit.Name, MemberChoice.Taken, Why(chosen, preview), member);
                return Close(step, told, preview.Others, member);
            }
            bool passed = course.Failed(index, member.LacksUdp ? DialFailure.CommandNotSupported : DialFailure.General);
            told[chosen] = passed
                ? Passed(chosen, member.Reason!)
                : new(chosen.Exit.Name, MemberChoice.Fails, Why(chosen, preview), member);
            if (!passed || fault is null) fault = member;
        }
        fault ??= step.Outline(this) with { Outcome = RouteOutcome.Unavailable, Reason = $"{Name}: {NoneLeft(step.Context)}" };
        return Close(step, told, static _ => "no retry is left for it", fault);
    }

    private Preview Foresee(GroupCourse course, Destination? destination, ExplainStep step) =>
        course.Candidates.Count == 1 && step.Context.Choice is { IsNarrow: true } choice
            ? new(0, $"the only one for {choice.Scope}", static _ => "")
            : strategy.IsForeseeable(step.Context, step.ClientKnown)
            ? strategy.Preview(course.Candidates, destination, step.Context, course.Failures)
            : ClientUnknown;

    // The same choice as in Choose. Without a certain choice, any member that reaches the destination may be chosen.
    private static bool PassUnreaching(GroupCourse course, Preview preview, ExplainStep step, Dictionary<Member, MemberExplanation> told)
    {
        IReadOnlyList<IPAddress>? resolved = step.Context.ResolvedAddresses;
        if (preview.Index is { } index && course.Candidates[index].Exit.Reaches(step.Destination, resolved, step.Context)) return false;
        IReadOnlyList<Member> reaching = Reaching(course.Candidates, step.Destination, resolved, step.Context);
        if (reaching.Count == 0 || reaching.Count == course.Candidates.Count) return false;
        foreach (Member member in course.Candidates.Except(reaching))
            told[member] = Passed(member, $"no address of it can reach {step.Destination}");
        course.Narrow(reaching);
        return true;
    }

    // Any of them may be chosen. Members that would fail count only where no retry makes up for the failure.
    private static ExitExplanation ExplainAny(
        GroupCourse course, Preview preview, ExplainStep next, Dictionary<Member, MemberExplanation> told)
    {
        IReadOnlyList<Member> candidates = course.Candidates;
        ExitExplanation[] members = [.. candidates.Select(member => member.Exit.Explain(next))];
        int failing = 0;
        for (int i = 0; i < members.Length; i++)
        {
            bool fails = members[i].Outcome == RouteOutcome.Unavailable;
            if (fails && !members[i].LacksUdp) failing++;
            told[candidates[i]] = fails && members[i].LacksUdp ? Passed(candidates[i], members[i].Reason!)
                : new(candidates[i].Exit.Name, fails ? MemberChoice.Fails : MemberChoice.Possible, Why(candidates[i], preview), members[i]);
        }
        ExitExplanation[] usable = [.. members.Where(member => member.Outcome != RouteOutcome.Unavailable)];
        if (usable.Length == 0) return members.FirstOrDefault(member => !member.LacksUdp, members[0]);
        return failing < course.Left && Array.TrueForAll(usable, member => member.Outcome == usable[0].Outcome)
            ? usable[0]
            : usable[0] with { Outcome = RouteOutcome.Undecided, Reason = "it depends on the member, and that on what is not known" };
    }

    // With all_down: try, members that are down are candidates while none is up.
    private static string Why(Member member, Preview preview) =>
        member.Unavailability is { } down ? $"{preview.Reason}; {down}, but so are all (all_down: try)" : preview.Reason;

    private static MemberExplanation Passed(Member member, string reason) => new(member.Exit.Name, MemberChoice.Passed, reason, null);

    // All of a usual group. Of a large one those that are taken or fail, and as many others as can be read.
    private MemberExplanation[] ToExplain(Dictionary<Member, MemberExplanation> told, out int leftOut, Func<Member, string> others)
    {
        IReadOnlyList<Member> all = Members;
        Member[] shown = [.. all];
        if (all.Count > MaxExplained)
        {
            HashSet<Member> chosen = [.. told.Where(pair => pair.Value.Choice == MemberChoice.Taken).Select(pair => pair.Key)];
            foreach (Member member in told.Where(pair => pair.Value.Choice != MemberChoice.Passed).Select(pair => pair.Key).Concat(all))
                if (chosen.Count < MaxExplained) chosen.Add(member);
            shown = [.. all.Where(chosen.Contains)];
        }
        leftOut = all.Count - shown.Length;
        return [.. shown.Select(member => told.TryGetValue(member, out MemberExplanation? known)
            ? known
            : Passed(member, others(member)))];
    }

    // The group with its members, and the outcome of the one that decides.
    private ExitExplanation Close(
        ExplainStep step, Dictionary<Member, MemberExplanation> told, Func<Member, string> others, ExitExplanation decides)
    {
        IReadOnlyList<Member> admitted = Admitted(step.Context);
        return step.Outline(this) with
        {
            Retries = Retries,
            Hedge = HedgeSetting,
            Members = ToExplain(told, out int leftOut, member => admitted.Contains(member) ? member.Unavailability ?? others(member)
                : $"the client asks for {step.Context.Choice!.Scope}"),
            MembersLeftOut = leftOut,
            Outcome = decides.Outcome,
            Reason = decides.Reason,
            LacksUdp = decides.LacksUdp,
        };
    }
}
