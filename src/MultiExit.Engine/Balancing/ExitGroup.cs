using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>A group of exits; an exit itself. A failed dial is tried on other members before the client hears of it.</summary>
internal sealed class ExitGroup(string name, IReadOnlyList<IExit> members, IStrategy strategy, int retries) : IExit
{
    public string Name { get; } = name;

    public IReadOnlyList<IExit> Members { get; } = members;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        int first = strategy.First(Members, destination, context);
        int attempts = Math.Min(1 + retries, Members.Count);
        DialResult best = default;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            IExit member = Members[(first + attempt) % Members.Count];
            DialResult result = await member.DialAsync(destination, context, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded) return result;
            result = DialResult.Failed(result.Failure, $"{Name} > {result.Detail}", result.Exit ?? member);
            if (!AnotherMayDoBetter(result.Failure)) return result;
            // Of several failures the client is told the one that says most about its target; of equals, the last.
            if (attempt == 0 || Weight(result.Failure) >= Weight(best.Failure)) best = result;
        }
        return best;
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        int first = strategy.First(Members, null, context);
        int attempts = 1 + retries;
        UdpOpenResult last = default;
        for (int i = 0; i < Members.Count && attempts > 0; i++)
        {
            IExit member = Members[(first + i) % Members.Count];
            UdpOpenResult result = await member.OpenUdpAsync(context, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded) return result;
            // A member that cannot carry datagrams at all is passed over, not tried.
            bool passed = result.Failure == DialFailure.CommandNotSupported;
            if (!passed) attempts--;
            if (!passed || last.Detail is null) last = UdpOpenResult.Failed(result.Failure, $"{Name} > {result.Detail}");
            if (!AnotherMayDoBetter(result.Failure)) break;
        }
        return last;
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
