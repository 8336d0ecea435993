using MaxMind.Db;

namespace MultiExit.Engine.Routing.Geo;

/// <summary>The country in a record.</summary>
internal sealed class GeoCountry
{
    /// <summary>Called by the reader.</summary>
    [Constructor]
    public GeoCountry([MapKey("iso_code")] string? code = null) => Code = code;

    /// <summary>Its code.</summary>
    public string? Code { get; }
}
