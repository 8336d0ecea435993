using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>domain_regex</c>: one of the expressions finds something in the destination's name.</summary>
internal sealed class PatternCondition(IEnumerable<string> patterns, bool sniffed) : NameCondition("domain_regex", sniffed)
{
    private readonly Regex[] _patterns = [.. patterns.Select(Prepare)];

    public override string Why(in RouteMatch match, Truth truth) => match.Destination.IsDomain
        ? $"domain_regex: {match.Destination.Host} matches none"
        : base.Why(match, truth);

    protected override bool Holds(string name)
    {
        foreach (Regex pattern in _patterns)
        {
            try
            {
                if (pattern.IsMatch(name)) return true;
            }
            catch (RegexMatchTimeoutException)
            {
                // A host that is too busy to match a name within that time. The rule does not match.
            }
        }
        return false;
    }

    private static Regex Prepare(string text) =>
        DomainPattern.Parse(text, out Regex? pattern) is { } problem ? throw new ArgumentException($"{text} {problem}", nameof(text)) : pattern!;
}
