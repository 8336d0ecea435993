using System.Buffers;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>domain_keyword</c>: the destination's name has one of them in it.</summary>
internal sealed class KeywordCondition(IEnumerable<string> keywords, bool sniffed) : NameCondition("domain_keyword", sniffed)
{
    private readonly SearchValues<string> _keywords = SearchValues.Create([.. keywords], StringComparison.OrdinalIgnoreCase);

    public override string Why(in RouteMatch match, Truth truth) => match.Destination.IsDomain
        ? $"domain_keyword: {match.Destination.Host} has none of them in it"
        : base.Why(match, truth);

    protected override bool Holds(string name) => name.AsSpan().ContainsAny(_keywords);
}
