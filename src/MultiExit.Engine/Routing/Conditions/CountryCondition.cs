using System.Collections.Frozen;
using System.Net;
using MultiExit.Engine.Routing.Geo;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>countries</c>: the destination's address is in one of them.</summary>
internal sealed class CountryCondition(IEnumerable<string> countries, GeoDatabase database) : AddressCondition("countries")
{
    private readonly FrozenSet<string> _countries = countries.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    protected override Truth Test(IPAddress address) => Of(database.Find(address)?.Country is { } country && _countries.Contains(country));

    protected override string NoneOf(IReadOnlyList<IPAddress> addresses) =>
        $"in {string.Join(", ", addresses.Select(address => database.Find(address)?.Country ?? "no known country").Distinct(StringComparer.Ordinal).Take(3))}";
}
