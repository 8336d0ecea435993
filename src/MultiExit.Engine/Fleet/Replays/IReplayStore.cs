using MultiExit.Engine.Errors;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Fleet.Replays;

/// <summary>The handshakes that nodes of a fleet have answered. How long each is kept is counted by the store's clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface IReplayStore
{
    /// <summary>Adds handshakes, all in one step.</summary>
    /// <returns>Those that were not there.</returns>
    Task<HashSet<Guid>> AddAsync(string fleet, IReadOnlyList<ReplayMark> marks, CancellationToken cancellationToken);

    /// <summary>Deletes some of those whose time is over.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many were deleted.</returns>
    Task<int> CleanAsync(string fleet, int most, CancellationToken cancellationToken);
}
