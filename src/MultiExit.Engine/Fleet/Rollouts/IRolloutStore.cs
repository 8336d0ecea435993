using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>The versions of a fleet's configuration, the rollout of the newest one, and what nodes say of theirs. Times are counted by the store's
/// clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface IRolloutStore
{
    /// <summary>The most versions that are kept.</summary>
    const int MaxVersions = 100;

    /// <summary>Publishes a version. The same text once more, while it is rolled out, is the same version: whoever had no answer asks again.</summary>
    /// <returns>Its number; 0: another version is being rolled out, or this server is not the node any more.</returns>
    Task<int> PublishAsync(FleetMember member, RolloutDraft draft, CancellationToken cancellationToken);

    /// <summary>The newest version, without the nodes; null: there is none.</summary>
    Task<RolloutStatus?> ReadAsync(string fleet, CancellationToken cancellationToken);

    /// <summary>A version; null: there is none of that number, or it is damaged.</summary>
    Task<FleetText?> ReadTextAsync(string fleet, int number, CancellationToken cancellationToken);

    /// <summary>What this node says; nothing is written when it is no longer the node.</summary>
    Task ReportAsync(FleetMember member, NodeConfigStatus report, CancellationToken cancellationToken);

    /// <summary>What nodes have said, by their names, at most <see cref="FleetTimes.MaxNodes"/>.</summary>
    Task<IReadOnlyList<NodeConfigStatus>> ListAsync(string fleet, CancellationToken cancellationToken);

    /// <summary>Takes a rollout further, if it still is where it was read and this server is the node. A confirmation counts only while there is time
    /// left.</summary>
    /// <returns>Whether it was taken further.</returns>
    Task<bool> StepAsync(FleetMember member, RolloutStatus from, RolloutStep step, CancellationToken cancellationToken);

    /// <summary>Takes the rollout further as a rule says, unless another node does so at this moment.</summary>
    /// <param name="member">This node.</param>
    /// <param name="decide">The rule, which gets the rollout with its nodes; null: it stays where it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was done; null: nothing.</returns>
    Task<RolloutStep?> LeadAsync(FleetMember member, Func<RolloutStatus, RolloutStep?> decide, CancellationToken cancellationToken);
}
