using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary>What conditions look at beside the request.</summary>
/// <param name="Time">The clock.</param>
internal sealed record ConditionParts(TimeProvider Time)
{
    /// <summary>The rule sets by their names.</summary>
    public IReadOnlyDictionary<string, RuleSet> Sets { get; init; } = new Dictionary<string, RuleSet>(StringComparer.Ordinal);

    /// <summary>The databases of addresses.</summary>
    public GeoDatabases Geo { get; init; } = GeoDatabases.None;

    /// <summary>A rule set that a rule refers to.</summary>
    public RuleSet SetOf(string name) => Sets[name];
}
