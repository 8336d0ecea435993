using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>What becomes of a rollout.</summary>
/// <param name="State">Its next state.</param>
/// <param name="Reason">Why it is rolled back; null: it is not.</param>
internal sealed record RolloutStep(RolloutState State, string? Reason = null);
