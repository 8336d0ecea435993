using MultiExit.Engine.Explaining;

namespace MultiExit;

/// <summary>A rule that Test-MxRoute looked at.</summary>
public sealed class MxRouteRule
{
    internal MxRouteRule(RuleExplanation rule)
    {
        Number = rule.Number;
        Text = rule.Text;
        Verdict = rule.Verdict.ToString();
        Reason = rule.Reason;
    }

    /// <summary>Its number in the configuration's routes, from 1.</summary>
    public int Number { get; }

    /// <summary>Its conditions and its exit.</summary>
    public string Text { get; }

    /// <summary>Matches, DoesNotMatch, or Undecided when it depends on a name that was not looked up.</summary>
    public string Verdict { get; }

    /// <summary>The conditions that do not hold; empty when it matches.</summary>
    public string Reason { get; }

    /// <summary>The number and the text.</summary>
    public override string ToString() => $"{Number}: {Text}";
}
