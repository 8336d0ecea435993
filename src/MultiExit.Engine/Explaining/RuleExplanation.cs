namespace MultiExit.Engine.Explaining;

/// <summary>A rule and how it meets the request.</summary>
/// <param name="Number">Its number in <c>routes</c>, from 1.</param>
/// <param name="Text">Its conditions and its exit or action: <c>users: alice; ports: 443 -> pool</c>. Long lists are cut short.</param>
/// <param name="Verdict">Whether it takes the request.</param>
/// <param name="Reason">Which conditions do not hold, and the value found in their place; when it matches, what of its rule sets
/// did, or empty.</param>
public sealed record RuleExplanation(int Number, string Text, RuleVerdict Verdict, string Reason);
