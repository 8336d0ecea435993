using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>A server that puts the versions of a fleet in force. Thread-safe.</summary>
internal interface IFleetFollower
{
    /// <summary>What it runs now.</summary>
    FollowerState State { get; }

    /// <summary>Puts a version in force, over the server's own file.</summary>
    /// <param name="text">The version.</param>
    /// <param name="rollout">What it is part of.</param>
    /// <param name="confirmWithin">The server goes back by itself after this time; null: the version stays.</param>
    /// <exception cref="ProxyException">It cannot be put in force; the earlier one stays, or is back.</exception>
    Task ApplyAsync(FleetText text, RolloutStatus rollout, TimeSpan? confirmWithin);

    /// <summary>The version that waits stays.</summary>
    /// <exception cref="ProxyException">That cannot be written.</exception>
    Task ConfirmAsync(int number);

    /// <summary>Goes back from the version that waits.</summary>
    /// <exception cref="ProxyException">The earlier one cannot be put in force.</exception>
    Task RevertAsync(int number, string reason);
}
