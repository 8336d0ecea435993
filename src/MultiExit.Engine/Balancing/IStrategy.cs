using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>Chooses a member of a group. Thread-safe.</summary>
internal interface IStrategy
{
    /// <summary>The index, among the candidates, of the member to try.</summary>
    /// <param name="candidates">The members that may be tried, at least one. At the first attempt they stand in the group's order;
    /// at a retry those not tried yet, the one that follows the failed member first.</param>
    /// <param name="destination">The destination; null for a datagram flow, which has many.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="attempt">0 for the first attempt, counting up with each retry.</param>
    int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt);

    /// <summary>What <see cref="Choose"/> would return now. Changes nothing: no turn is taken, no client is bound.</summary>
    Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt);

    /// <summary>The member that was chosen has served.</summary>
    /// <param name="members">All members of the group.</param>
    /// <param name="member">The member that has served.</param>
    /// <param name="context">On whose behalf.</param>
    void Served(IReadOnlyList<Member> members, Member member, DialContext context)
    {
    }

    /// <summary>Whether it can be known what <see cref="Choose"/> would return.</summary>
    /// <param name="context">On whose behalf.</param>
    /// <param name="clientKnown">Whether the client in the context is known, or stands for any.</param>
    bool IsForeseeable(DialContext context, bool clientKnown) => true;

    /// <summary>What it binds to a member; null: nothing.</summary>
    BindingUnit? Binds => null;

    /// <summary>Whether the choice depends on the destination; if so, a UDP association chooses a member per destination.</summary>
    bool IsByDestination => false;
}
