namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>domains</c>: the destination's name is one of them.</summary>
internal sealed class DomainCondition(IEnumerable<string> domains, bool sniffed) : NameCondition("domains", sniffed)
{
    private readonly DomainSet _domains = new(domains);

    protected override bool Holds(string name) => _domains.Contains(name);
}
