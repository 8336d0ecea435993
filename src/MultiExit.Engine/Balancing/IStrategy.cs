using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>Chooses a member of a group. Thread-safe.</summary>
internal interface IStrategy
{
    /// <summary>The index of the member to try first; retries go on from there in the group's order.</summary>
    /// <param name="members">The members, at least one.</param>
    /// <param name="destination">The destination; null for a datagram flow, which has many.</param>
    /// <param name="context">On whose behalf.</param>
    int First(IReadOnlyList<IExit> members, Destination? destination, DialContext context);
}
