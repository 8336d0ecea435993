using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>A group of exits; an exit itself. A failed dial is tried on other members before the client hears of it.</summary>
internal sealed class ExitGroup(string name, IReadOnlyList<Member> members, IStrategy strategy, int retries, TimeProvider time) : IExit
{
    public string Name { get; } = name;

    public IReadOnlyList<Member> Members { get; } = members;

    /// <summary>Whether each destination of a UDP association is chosen for by itself.</summary>
    public bool IsByDestination => strategy.IsByDestination;

    /// <summary>How many other members are tried when a dial fails.</summary>
    public int Retries { get; } = retries;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Member> candidates = Candidates();
        if (candidates.Count == 0) return DialResult.Failed(DialFailure.General, NoneLeft, this);
        int attempts = Math.Min(1 + Retries, candidates.Count);
        DialResult best = default;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            int index = strategy.Choose(candidates, destination, context, attempt);
            Member member = candidates[index];
            DialResult result = await Attempt.DialAsync(member, destination, context, time, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
            {
                strategy.Served(Members, member, context);
                return result;
            }
            result = DialResult.Failed(result.Failure, $"{Name} > {result.Detail}", result.Exit ?? member.Exit);
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
        int attempts = 1 + Retries;
        UdpOpenResult last = UdpOpenResult.Failed(DialFailure.General, NoneLeft);
        bool none = true;
        for (int attempt = 0; candidates.Count > 0 && attempts > 0; attempt++)
        {
            int index = strategy.Choose(candidates, null, context, attempt);
            Member member = candidates[index];
            UdpOpenResult result = await Attempt.OpenUdpAsync(member, context, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
            {
                strategy.Served(Members, member, context);
                return result with { Exit = result.Exit ?? member.Exit };
            }
            // A member that cannot carry datagrams at all is passed over, not tried.
            bool passed = result.Failure == DialFailure.CommandNotSupported;
            if (!passed) attempts--;
            if (!passed || none) last = UdpOpenResult.Failed(result.Failure, $"{Name} > {result.Detail}");
            none = false;
            if (!AnotherMayDoBetter(result.Failure)) break;
            candidates = Others(candidates, index);
        }
        return last;
    }

    /// <summary>The member for the datagrams to one destination; null when none may be used.</summary>
    public Member? Choose(Destination destination, DialContext context)
    {
        IReadOnlyList<Member> candidates = Candidates();
        return candidates.Count == 0 ? null : candidates[strategy.Choose(candidates, destination, context, 0)];
    }

    /// <summary>What the strategy would choose now; nothing changes.</summary>
    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        strategy.Preview(candidates, destination, context, attempt);

    /// <summary>The failure when no member may be used.</summary>
    public string NoneLeft => Members.Select(member => member.State.Refusal).FirstOrDefault(refusal => refusal is not null) is { } refusal
        ? $"{Name}: no member is in use: {refusal}"
        : $"{Name}: every member is disabled";

    /// <summary>The members that may be tried now.</summary>
    public IReadOnlyList<Member> Candidates()
    {
        foreach (Member member in Members)
            if (!member.IsAvailable) return [.. Members.Where(candidate => candidate.IsAvailable)];
        return Members;
    }

    /// <summary>Those not tried yet, the one after the failed member first.</summary>
    public static Member[] Others(IReadOnlyList<Member> candidates, int failed) =>
        [.. candidates.Skip(failed + 1), .. candidates.Take(failed)];

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
