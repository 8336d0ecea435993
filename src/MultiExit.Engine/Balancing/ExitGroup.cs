using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Balancing;

/// <summary>A group of exits; an exit itself. A failed dial is tried on other members before the client is answered.</summary>
/// <param name="name">The name in the configuration.</param>
/// <param name="members">The members of the configuration in their order.</param>
/// <param name="strategy">Chooses among them.</param>
/// <param name="retries">How many other members are tried when a dial fails.</param>
/// <param name="time">The clock.</param>
/// <param name="allDown">What happens while no member is up.</param>
/// <param name="patience">How long all attempts of a dial may take together; null for as long as the members take.</param>
/// <param name="hedge">Dials another member beside one that takes its time; null: one after the other.</param>
internal sealed partial class ExitGroup(
    string name, IReadOnlyList<Member> members, IStrategy strategy, int retries, TimeProvider time,
    AllDownPolicy allDown = AllDownPolicy.Try, TimeSpan? patience = null, Hedge? hedge = null) : IExit, IGroup
{
    // In a text that names members.
    private const int MaxTold = 8;

    private readonly DeadlinePool _deadlines = new(time);
    private readonly AvailableMembers _available = new(allDown, time);

    public string Name { get; } = name;

    /// <summary>The members, which may come and go.</summary>
    public GroupMembers List { get; } = new(members);

    /// <summary>The members now, in their order.</summary>
    public IReadOnlyList<Member> Members => List.Current;

    public IGroup Group => this;

    public IEnumerable<IExit> Exits => Members.Select(member => member.Exit);

    public BindingUnit? Binds => strategy.Binds;

    public bool IsByDestination => strategy.IsByDestination;

    /// <summary>How many other members are tried when a dial fails.</summary>
    public int Retries { get; } = retries;

    /// <summary>When another member is dialed beside the first one; null: never.</summary>
    public string? HedgeSetting => hedge?.Setting;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        GroupCourse course = Begin(context, udp: false);
        if (course.IsOver) return DialResult.Untried(this, NoneLeft(context));
        TimeBudget budget = BudgetFor(course, context);
        List<(Member Member, DialResult Result)>? failed = null;
        DialResult best = default;
        while (!course.IsOver && (course.Failures == 0 || !budget.IsSpent))
        {
            Member member = course.Candidates[Choose(course, destination, context)];
            IReadOnlyList<(Member Member, DialResult Result)> ended =
                await TryAsync(course, member, destination, context, budget.Share(course.Left), cancellationToken).ConfigureAwait(false);
            foreach ((Member tried, DialResult attempt) in ended)
            {
                if (attempt.Succeeded)
                {
                    strategy.Served(Admitted(context), tried, context);
                    if (failed is not null) Blame(failed);
                    return attempt;
                }
                bool mayBlame = (Retries > 0 || hedge is not null) && !attempt.IsUntried;
                if (mayBlame && DialErrors.MayBeExitsFault(attempt.Failure)) (failed ??= []).Add((tried, attempt));
                DialResult result = attempt.Of(this);
                // Of several failures the client gets the one that says most about its target; of equals, the last. A refusal is final.
                if (course.Failures == 0 || result.Failure is DialFailure.NotAllowed or DialFailure.Loop || Weight(result) >= Weight(best)) best = result;
                course.Failed(tried, result.Failure, result.IsUntried);
            }
        }
        return best;
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        GroupCourse course = Begin(context, udp: true);
        TimeBudget budget = BudgetFor(course, context);
        UdpOpenResult last = UdpOpenResult.Untried(this, NoneLeft(context));
        while (!course.IsOver && (course.Failures == 0 || !budget.IsSpent))
        {
            int index = Choose(course, null, context);
            Member member = course.Candidates[index];
            UdpOpenResult result = await TryUdpAsync(member, context, budget.Share(course.Left), cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
            {
                strategy.Served(Admitted(context), member, context);
                return result with { Exit = result.Exit ?? member.Exit };
            }
            bool none = course.Failures == 0;
            if (!course.Failed(index, result.Failure, result.IsUntried) || none) last = result.Of(this);
        }
        return last;
    }

    public IExit? Choose(Destination destination, IReadOnlyList<IPAddress>? resolved, DialContext context)
    {
        IReadOnlyList<Member> candidates = Candidates(context);
        if (candidates.Count == 0) return null;
        int index = Choose(ref candidates, destination, context, 0);
        IExit chosen = candidates[index].Exit;
        if (chosen.Reaches(destination, resolved, context)) return chosen;
        IReadOnlyList<Member> others = Reaching(candidates, destination, resolved, context);
        return others.Count == 0 ? chosen : others[strategy.Choose(others, destination, context, 0)].Exit;
    }

    // The failure when no member may be used, without the group's name.
    private string NoneLeft(DialContext context)
    {
        if (Members.Count == 0) return "it has no member now";
        IReadOnlyList<Member> all = Admitted(context);
        if (all.Count == 0) return $"no member is what the client wants: {context.Choice?.Scope}";
        if (all.All(member => member.State.Disabled)) return "every member is disabled";
        string? shut = all.Select(member => member.State.Refusal).FirstOrDefault(refusal => refusal is not null);
        if (shut is not null) return $"no member is in use: {shut}";
        string some = string.Join("; ", all.Take(MaxTold).Select(member => $"{member.Exit.Name} is {member.Unavailability}"));
        string more = all.Count > MaxTold ? string.Create(CultureInfo.InvariantCulture, $"; and {all.Count - MaxTold} more") : "";
        return $"no member is in use: {some}{more}";
    }

    public int Load => Members.Sum(member => member.Load);

    public bool HasAvailable
    {
        get
        {
            IReadOnlyList<Member> all = Members;
            for (int i = 0; i < all.Count; i++)
                if (all[i].IsAvailable) return true;
            return false;
        }
    }

    public int AvailableCount => Members.Count(member => member.IsAvailable);

    public ExitHealthStatus Health
    {
        get
        {
            IReadOnlyList<Member> now = Members;
            ExitHealthStatus[] all = [.. now.Select(member => member.Health)];
            int usable = now.Count(member => member.IsAvailable);
            // Before anything else: nothing can go through a group without members, or whose members are all full or taken out.
            if (usable == 0)
            {
                string reason = now.Count == 0 ? "it has no member now" : now.Any(member => member.CanBeUsed) ? "no member is up" : "no member may be used";
                return new(ExitHealthState.Down, reason, all.Max(status => status.Since), null);
            }
            if (all.All(status => status.State == ExitHealthState.NoCheck)) return new(ExitHealthState.NoCheck, null, null, null);
            bool isUp = now.Where((member, index) => member.IsAvailable && all[index].State == ExitHealthState.Up).Any();
            return new(isUp ? ExitHealthState.Up : ExitHealthState.Unknown, $"{usable} of {now.Count} members may be used", null, null);
        }
    }

    /// <summary>The members that may be tried now.</summary>
    /// <param name="context">On whose behalf.</param>
    /// <param name="afresh">Whether they are looked for now in any case.</param>
    public IReadOnlyList<Member> Candidates(DialContext context, bool afresh = false) =>
        context.Choice is { IsNarrow: true } ? _available.Find(Admitted(context)) : _available.Of(Members, afresh);

    // The members that the client's choice leaves over, up or not.
    private IReadOnlyList<Member> Admitted(DialContext context)
    {
        if (context.Choice is not { IsNarrow: true } choice) return Members;
        bool within = ExitChoices.IsWithin(choice, this);
        return [.. Members.Where(member => ExitChoices.Admits(choice, member.Exit, within))];
    }

    private int Choose(GroupCourse course, Destination? destination, DialContext context)
    {
        IReadOnlyList<Member> candidates = course.Candidates;
        int chosen = Choose(ref candidates, destination, context, course.Failures);
        course.Narrow(candidates);
        return chosen;
    }

    // Of a large group, the candidates are those of a moment ago.
    private int Choose(ref IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        int chosen = strategy.Choose(candidates, destination, context, attempt);
        if (attempt > 0 || candidates.Count <= AvailableMembers.Large || candidates[chosen].IsAvailable) return chosen;
        IReadOnlyList<Member> now = Candidates(context, afresh: true);
        if (now.Count == 0) return chosen;
        candidates = now;
        return strategy.Choose(now, destination, context, 0);
    }

    // The dials of clients begin like this, and so does the explanation of a dial.
    private GroupCourse Begin(DialContext context, bool udp)
    {
        IReadOnlyList<Member> candidates = Candidates(context);
        return new GroupCourse(candidates, Math.Min(1 + Retries, candidates.Count), passes: udp);
    }

    private static IReadOnlyList<Member> Reaching(
        IReadOnlyList<Member> candidates, Destination destination, IReadOnlyList<IPAddress>? resolved, DialContext context) =>
        [.. candidates.Where(candidate => candidate.Exit.Reaches(destination, resolved, context))];

    private async ValueTask<IReadOnlyList<(Member Member, DialResult Result)>> TryAsync(
        GroupCourse course, Member member, Destination destination, DialContext context, TimeSpan? share, CancellationToken cancellationToken)
    {
        if (hedge is null || course.Candidates.Count < 2)
            return [(member, await TryAsync(member, destination, context, share, cancellationToken).ConfigureAwait(false))];
        return await hedge.DialAsync(member, Other, context,
            (tried, own, stop) => TryAsync(tried, destination, own, share, stop), cancellationToken).ConfigureAwait(false);

        Member? Other()
        {
            IReadOnlyList<Member> others = [.. course.Candidates.Where(candidate => candidate != member && candidate.IsAvailable)];
            return others.Count == 0 ? null : others[strategy.Choose(others, destination, context, course.Failures + 1)];
        }
    }

    private async ValueTask<DialResult> TryAsync(
        Member member, Destination destination, DialContext context, TimeSpan? share, CancellationToken cancellationToken)
    {
        if (share is not { } limit) return await Attempt.DialAsync(member, destination, context, time, cancellationToken).ConfigureAwait(false);
        using Deadline deadline = _deadlines.Start(limit, cancellationToken);
        DialContext own = context with { Budget = limit };
        return await Attempt.DialAsync(member, destination, own, time, cancellationToken, deadline.Token, limit).ConfigureAwait(false);
    }

    private async ValueTask<UdpOpenResult> TryUdpAsync(Member member, DialContext context, TimeSpan? share, CancellationToken cancellationToken)
    {
        if (share is not { } limit) return await Attempt.OpenUdpAsync(member, context, cancellationToken).ConfigureAwait(false);
        using Deadline deadline = _deadlines.Start(limit, cancellationToken);
        DialContext own = context with { Budget = limit };
        return await Attempt.OpenUdpAsync(member, own, cancellationToken, deadline.Token, limit).ConfigureAwait(false);
    }

    // One attempt alone has the exit's own time-out.
    private TimeBudget BudgetFor(GroupCourse course, DialContext context) => new(course.Left > 1 ? context.Budget ?? patience : null, time);

    // Another member has reached the target, so it was not the target's fault.
    private static void Blame(List<(Member Member, DialResult Result)> failed)
    {
        foreach ((Member member, DialResult result) in failed)
            if (member.CanBeUsed) member.State.Blame(result.Detail);
    }

    private static int Weight(DialResult result) => result.Failure switch
    {
        _ when result.IsUntried => -1,
        DialFailure.ConnectionRefused => 4,
        DialFailure.TimedOut or DialFailure.HostUnreachable or DialFailure.TtlExpired => 3,
        DialFailure.NameNotResolved or DialFailure.NetworkUnreachable => 2,
        DialFailure.General => 1,
        _ => 0, // about the exit, not the target
    };
}
