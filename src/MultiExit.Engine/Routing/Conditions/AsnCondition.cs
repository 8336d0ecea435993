using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using MultiExit.Engine.Routing.Geo;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>asns</c>: the destination's address belongs to one of these autonomous systems.</summary>
internal sealed class AsnCondition(IEnumerable<uint> numbers, GeoDatabase database) : AddressCondition("asns")
{
    private readonly FrozenSet<long> _numbers = numbers.Select(number => (long)number).ToFrozenSet();

    protected override Truth Test(IPAddress address) => Of(database.Find(address)?.Asn is { } number && _numbers.Contains(number));

    protected override string NoneOf(IReadOnlyList<IPAddress> addresses) =>
        $"in {string.Join(", ", addresses.Select(address => Text(database.Find(address)?.Asn)).Distinct(StringComparer.Ordinal).Take(3))}";

    private static string Text(long? number) => number is { } known ? string.Create(CultureInfo.InvariantCulture, $"AS{known}") : "no known system";
}
