using MultiExit.Engine.Errors;

namespace MultiExit;

/// <summary>What the nodes of a fleet say of an exit that they have in common.</summary>
internal static class ExitNodes
{
    // The worst first.
    private static readonly string[] Troubles = ["Down", "Full", "Disabled", "Unknown"];

    /// <summary>On how many of them it is in the worst of its states, as <c>down on 2 of 3 nodes</c>.</summary>
    /// <param name="states">Its state on each node.</param>
    public static string Describe(IReadOnlyCollection<string> states)
    {
        string? worst = Troubles.FirstOrDefault(states.Contains);
        int count = worst is null ? states.Count : states.Count(state => state == worst);
        return $"{(worst is null ? "up" : worst.ToLowerInvariant())} on {count} of {CountText.Of(states.Count, "node")}";
    }
}
