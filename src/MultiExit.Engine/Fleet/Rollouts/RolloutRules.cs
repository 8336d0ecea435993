using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>When a rollout goes on, stays or goes back. Any node may ask this; the answer depends on the store alone.</summary>
internal static class RolloutRules
{
    /// <summary>What has to be done now; null: nothing.</summary>
    /// <param name="rollout">The rollout, with what nodes say.</param>
    /// <param name="nodes">The nodes of the fleet.</param>
    public static RolloutStep? Next(RolloutStatus rollout, IReadOnlyList<NodeStatus> nodes)
    {
        if (!rollout.IsRunning) return null;
        if (rollout.Left <= TimeSpan.Zero)
            return Back(rollout.NeedsConfirmation && rollout.State == RolloutState.Everywhere ? "it was not confirmed in time" : WhyLate(rollout, nodes));
        foreach (NodeConfigStatus said in rollout.Nodes)
        {
            if (said.Tried != rollout.Version) continue;
            if (said.State == NodeConfigState.Failed) return Back($"node {said.Node}: {said.Reason ?? "it failed"}");
            // It may be the version that it died of.
            if (said.Version == rollout.Version && nodes.Any(node => node.Name == said.Node && node.State == NodeState.Silent))
                return Back($"node {said.Node} is silent since it runs this version");
        }
        bool isCanary = rollout.State == RolloutState.Canary;
        NodeStatus[] asked = [.. Asked(rollout, nodes)];
        if (asked.Length == 0 || !asked.All(node => IsGood(rollout, node))) return null;
        return isCanary ? new RolloutStep(RolloutState.Everywhere) : rollout.NeedsConfirmation ? null : new RolloutStep(RolloutState.Confirmed);
    }

    // Those that are alive now; one that has diverged is left alone.
    private static IEnumerable<NodeStatus> Asked(RolloutStatus rollout, IReadOnlyList<NodeStatus> nodes) => nodes.Where(node => node.State == NodeState.Alive
        && (rollout.State != RolloutState.Canary || rollout.Canaries.Contains(node.Name, StringComparer.Ordinal))
        && Said(rollout, node)?.State != NodeConfigState.Diverged);

    private static bool IsGood(RolloutStatus rollout, NodeStatus node) => Said(rollout, node) is { State: NodeConfigState.Current } said
        && said.Version == rollout.Version && said.Held >= rollout.Hold;

    private static NodeConfigStatus? Said(RolloutStatus rollout, NodeStatus node) => rollout.Nodes.FirstOrDefault(said => said.Node == node.Name);

    private static string WhyLate(RolloutStatus rollout, IReadOnlyList<NodeStatus> nodes)
    {
        string[] late = [.. Asked(rollout, nodes).Where(node => !IsGood(rollout, node)).Select(node => node.Name)];
        return late.Length switch
        {
            0 => "no node has run it in time",
            1 => $"node {late[0]} had not run it well in time",
            _ => $"{CountText.Of(late.Length, "node")} had not run it well in time, {late[0]} is one of them",
        };
    }

    private static RolloutStep Back(string reason) => new(RolloutState.RolledBack, reason);
}
