using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Balancing;

/// <summary>A group of exits; an exit itself. A failed dial is tried on other members before the client hears of it.</summary>
/// <param name="name">The name in the configuration.</param>
/// <param name="members">The members in their order.</param>
/// <param name="strategy">Chooses among them.</param>
/// <param name="retries">How many other members are tried when a dial fails.</param>
/// <param name="time">The clock.</param>
/// <param name="allDown">What happens while no member is up.</param>
/// <param name="patience">How long all attempts of a dial may take together; null for as long as the members take.</param>
internal sealed class ExitGroup(
    string name, IReadOnlyList<Member> members, IStrategy strategy, int retries, TimeProvider time,
    AllDownPolicy allDown = AllDownPolicy.Try, TimeSpan? patience = null) : IExit
{
    private readonly DeadlinePool _deadlines = new(time);

    public string Name { get; } = name;

    public IReadOnlyList<Member> Members { get; } = members;

    /// <summary>Whether each destination of a UDP association is chosen for by itself.</summary>
    public bool IsByDestination => strategy.IsByDestination;

    /// <summary>How many other members are tried when a dial fails.</summary>
    public int Retries { get; } = retries;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Member> candidates = Candidates();
        if (candidates.Count == 0) return DialResult.Failed(this, DialFailure.General, NoneLeft);
        int attempts = Math.Min(1 + Retries, candidates.Count);
        TimeBudget budget = BudgetFor(attempts, context);
        List<(Member Member, DialResult Result)>? failed = null;
        DialResult best = default;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            if (attempt > 0 && budget.IsSpent) break;
            int index = strategy.Choose(candidates, destination, context, attempt);
            Member member = candidates[index];
            DialResult result = await TryAsync(member, destination, context, budget.Share(attempts - attempt), cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
            {
                strategy.Served(Members, member, context);
                if (failed is not null) Blame(failed);
                return result;
            }
            if (Retries > 0 && DialErrors.MayBeExitsFault(result.Failure)) (failed ??= []).Add((member, result));
            result = result.Of(this);
            if (!AnotherMayDoBetter(result.Failure)) return result;
            // Of several failures the client is told the one that says most about its target; of equals, the last.
            if (attempt == 0 || Weight(result.Failure) >= Weight(best.Failure)) best = result;
            if (attempt + 1 < attempts) candidates = Others(candidates, index);
        }
        return best;
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Member> candidates = Candidates();
        int attempts = Math.Min(1 + Retries, candidates.Count);
        TimeBudget budget = BudgetFor(attempts, context);
        UdpOpenResult last = UdpOpenResult.Failed(this, DialFailure.General, NoneLeft);
        bool none = true;
        for (int attempt = 0; candidates.Count > 0 && attempts > 0 && (attempt == 0 || !budget.IsSpent); attempt++)
        {
            int index = strategy.Choose(candidates, null, context, attempt);
            Member member = candidates[index];
            UdpOpenResult result = await TryUdpAsync(member, context, budget.Share(attempts), cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
            {
                strategy.Served(Members, member, context);
                return result with { Exit = result.Exit ?? member.Exit };
            }
            // A member that cannot carry datagrams at all is passed over, not tried.
            bool passed = result.Failure == DialFailure.CommandNotSupported;
            if (!passed) attempts--;
            if (!passed || none) last = result.Of(this);
            none = false;
            if (!AnotherMayDoBetter(result.Failure)) break;
            candidates = Others(candidates, index);
        }
        return last;
    }

    /// <summary>The member for the datagrams to one destination; null when none may be used.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="reaches">Whether an exit can reach it at all; one that cannot is chosen when there is no other.</param>
    public Member? Choose(Destination destination, DialContext context, Func<IExit, bool> reaches)
    {
        IReadOnlyList<Member> candidates = Candidates();
        if (candidates.Count == 0) return null;
        Member chosen = candidates[strategy.Choose(candidates, destination, context, 0)];
        if (reaches(chosen.Exit)) return chosen;
        Member[] others = [.. candidates.Where(candidate => reaches(candidate.Exit))];
        return others.Length == 0 ? chosen : others[strategy.Choose(others, destination, context, 0)];
    }

    /// <summary>What the strategy would choose now; nothing changes.</summary>
    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        strategy.Preview(candidates, destination, context, attempt);

    /// <summary>The failure when no member may be used.</summary>
    public string NoneLeft => Members.All(member => member.State.Disabled)
        ? "every member is disabled"
        : $"no member is in use: {Members.Select(member => member.State.Refusal).FirstOrDefault(refusal => refusal is not null)
            ?? string.Join("; ", Members.Select(member => $"{member.Exit.Name} is {member.Unavailability}"))}";

    /// <summary>Whether a member is up.</summary>
    public bool HasAvailable
    {
        get
        {
            for (int i = 0; i < Members.Count; i++)
                if (Members[i].IsAvailable) return true;
            return false;
        }
    }

    /// <summary>The group's health: its members'.</summary>
    public ExitHealthStatus Health
    {
        get
        {
            ExitHealthStatus[] all = [.. Members.Select(member => member.Exit is ExitGroup inner ? inner.Health : member.State.Health.Status)];
            if (all.All(status => status.State == ExitHealthState.NoCheck)) return new(ExitHealthState.NoCheck, null, null, null);
            int usable = Members.Count(member => member.IsAvailable);
            bool isUp = Members.Where((member, index) => member.IsAvailable && all[index].State == ExitHealthState.Up).Any();
            return usable > 0
                ? new(isUp ? ExitHealthState.Up : ExitHealthState.Unknown, $"{usable} of {Members.Count} members may be used", null, null)
                : new(ExitHealthState.Down, "no member is up", all.Max(status => status.Since), null);
        }
    }

    /// <summary>The members that may be tried now.</summary>
    public IReadOnlyList<Member> Candidates()
    {
        foreach (Member member in Members)
        {
            if (member.IsAvailable) continue;
            Member[] available = [.. Members.Where(candidate => candidate.IsAvailable)];
            return available.Length > 0 || allDown == AllDownPolicy.Fail ? available : [.. Members.Where(candidate => candidate.CanBeUsed)];
        }
        return Members;
    }

    /// <summary>Those not tried yet, the one after the failed member first.</summary>
    public static Member[] Others(IReadOnlyList<Member> candidates, int failed) =>
        [.. candidates.Skip(failed + 1), .. candidates.Take(failed)];

    private async ValueTask<DialResult> TryAsync(
        Member member, Destination destination, DialContext context, TimeSpan? share, CancellationToken cancellationToken)
    {
        if (share is not { } limit) return await Attempt.DialAsync(member, destination, context, time, cancellationToken).ConfigureAwait(false);
        using Deadline deadline = _deadlines.Start(limit, cancellationToken);
        DialContext own = member.Exit is ExitGroup ? context with { Budget = limit } : context;
        return await Attempt.DialAsync(member, destination, own, time, cancellationToken, deadline.Token, limit).ConfigureAwait(false);
    }

    private async ValueTask<UdpOpenResult> TryUdpAsync(Member member, DialContext context, TimeSpan? share, CancellationToken cancellationToken)
    {
        if (share is not { } limit) return await Attempt.OpenUdpAsync(member, context, cancellationToken).ConfigureAwait(false);
        using Deadline deadline = _deadlines.Start(limit, cancellationToken);
        DialContext own = member.Exit is ExitGroup ? context with { Budget = limit } : context;
        return await Attempt.OpenUdpAsync(member, own, cancellationToken, deadline.Token, limit).ConfigureAwait(false);
    }

    // One attempt alone has the exit's own time-out.
    private TimeBudget BudgetFor(int attempts, DialContext context) => new(attempts > 1 ? context.Budget ?? patience : null, time);

    // Another member has reached the target, so it was not the target's fault.
    private static void Blame(List<(Member Member, DialResult Result)> failed)
    {
        foreach ((Member member, DialResult result) in failed)
            if (member.CanBeUsed) member.State.Health.DialFailed(result.Detail);
    }

    private static bool AnotherMayDoBetter(DialFailure failure) => failure != DialFailure.NotAllowed;

    private static int Weight(DialFailure failure) => failure switch
    {
        DialFailure.ConnectionRefused => 4,
        DialFailure.TimedOut or DialFailure.HostUnreachable or DialFailure.TtlExpired => 3,
        DialFailure.NameNotResolved or DialFailure.NetworkUnreachable => 2,
        DialFailure.General => 1,
        _ => 0, // about the exit, not the target
    };
}
