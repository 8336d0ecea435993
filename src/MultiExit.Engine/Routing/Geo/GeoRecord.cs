using MaxMind.Db;

namespace MultiExit.Engine.Routing.Geo;

/// <summary>What of a database's record counts here; the rest of it is not decoded.</summary>
internal sealed class GeoRecord
{
    /// <summary>Called by the reader.</summary>
    [Constructor]
    public GeoRecord([MapKey("country")] GeoCountry? country = null, [MapKey("autonomous_system_number")] long? asn = null) =>
        (Country, Asn) = (country?.Code, asn);

    /// <summary>The country by ISO 3166-1, two capital letters; null: it is not known.</summary>
    public string? Country { get; }

    /// <summary>The number of the autonomous system; null: it is not known.</summary>
    public long? Asn { get; }
}
