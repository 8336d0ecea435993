using System.Globalization;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>What a node has to do now.</summary>
/// <param name="Kind">What.</param>
/// <param name="Version">The version that the fleet asks for; 0: none.</param>
/// <param name="Stranger">Why the node runs what the store does not have; null: it does not.</param>
internal sealed record FollowStep(FollowKind Kind, int Version, string? Stranger = null)
{
    /// <summary>The shortest time that a version is still tried for.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(2);

    /// <summary>What follows from the rollout and from what the node runs.</summary>
    public static FollowStep Of(RolloutStatus rollout, FollowerState state, string node)
    {
        bool isBase = rollout.State == RolloutState.RolledBack
            || (rollout.State == RolloutState.Canary && !rollout.Canaries.Contains(node, StringComparer.Ordinal));
        int wanted = isBase ? rollout.Base : rollout.Version;
        bool stays = isBase || rollout.State == RolloutState.Confirmed;
        if (state.Diverged is not null) return new FollowStep(FollowKind.Stay, wanted);
        if (state.Trial is { } trial)
        {
            bool isIt = trial.Number == wanted && trial.Sha256 == rollout.Sha256;
            return new FollowStep(!isIt ? FollowKind.Revert : stays ? FollowKind.Confirm : FollowKind.Stay, wanted);
        }
        int own = state.Confirmed?.Number ?? 0;
        // A store that was restored goes on behind what nodes run; an older version never takes the place of it silently.
        if (wanted < own)
            return new FollowStep(FollowKind.Stay, wanted, string.Create(CultureInfo.InvariantCulture, $"it runs version {own}, and the store is at {wanted}"));
        if (wanted == own)
        {
            bool isOther = own > 0 && own == rollout.Version && state.Confirmed!.Sha256 != rollout.Sha256;
            return new FollowStep(
                FollowKind.Stay, wanted, isOther ? $"its version {own.ToString(CultureInfo.InvariantCulture)} has another text than the store's" : null);
        }
        if (stays) return new FollowStep(FollowKind.Apply, wanted);
        return new FollowStep(state.GaveUp == wanted || rollout.Left < LeastTime ? FollowKind.Stay : FollowKind.Try, wanted);
    }
}
