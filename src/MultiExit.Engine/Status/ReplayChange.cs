namespace MultiExit.Engine.Status;

/// <summary>Sessions that a candidate configuration would treat in another way, all in the same.</summary>
/// <param name="From">The exit or group that they took, or <c>refused</c>.</param>
/// <param name="To">The exit or group that they would take, or <c>refused</c>.</param>
/// <param name="Rule">The rule of the candidate that decides, or <c>default</c>; for a refusal before any rule, why.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Examples">Some of them, the newest first, each as a line.</param>
public sealed record ReplayChange(string From, string To, string Rule, long Count, IReadOnlyList<string> Examples);
