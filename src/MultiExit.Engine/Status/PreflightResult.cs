namespace MultiExit.Engine.Status;

/// <summary>What one check of a host found for a configuration.</summary>
/// <param name="Name">The check: <c>descriptors</c>. Stable; docs/operations.md lists them.</param>
/// <param name="Status">Whether all is well.</param>
/// <param name="Detail">What was found, in a sentence.</param>
/// <param name="RecommendedAction">What helps; null where nothing has to be done.</param>
public sealed record PreflightResult(string Name, PreflightStatus Status, string Detail, string? RecommendedAction = null)
{
    /// <summary>The form <c>descriptors: warning, detail</c>.</summary>
    public override string ToString() => $"{Name}: {Status.ToString().ToLowerInvariant()}, {Detail}";
}
