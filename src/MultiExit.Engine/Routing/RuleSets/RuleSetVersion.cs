namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>A content of a set, and where it comes from.</summary>
/// <param name="Content">The entries.</param>
/// <param name="Label">What is known of it.</param>
internal sealed record RuleSetVersion(RuleSetContent Content, RuleSetLabel Label)
{
    public string Sha256 => Label.Sha256;

    public DateTimeOffset Fetched => Label.Fetched;
}
