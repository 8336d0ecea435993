using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>The newest version of a fleet.</summary>
internal sealed record MemoryRollout(RolloutDraft Draft, int Number, int Base, RolloutState State, DateTimeOffset Deadline, DateTimeOffset Changed)
{
    public string? Reason { get; init; }

    public DateTimeOffset Created { get; init; }
}
