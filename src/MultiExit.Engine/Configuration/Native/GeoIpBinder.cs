using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>geoip</c>.</summary>
internal static class GeoIpBinder
{
    public static GeoIpConfig Read(MapReader root)
    {
        if (root.Map("geoip", "geoip") is not { } reader) return new();
        GeoIpConfig geo = new()
        {
            Country = reader.Take("country") is { } country ? reader.Context.ReadableFile(country) : null,
            Asn = reader.Take("asn") is { } asn ? reader.Context.ReadableFile(asn) : null,
        };
        reader.Finish();
        return geo;
    }

    /// <summary>Checks that rules have the databases that they ask.</summary>
    public static void Check(MapReader root, GatewayConfig config)
    {
        for (int i = 0; i < config.Routes.Count; i++)
        {
            if (config.GeoIp.Country is null && Asks(config.Routes[i], each => each.Countries.Count > 0)) Missing(root, i, "countries", "country");
            if (config.GeoIp.Asn is null && Asks(config.Routes[i], each => each.Asns.Count > 0)) Missing(root, i, "asns", "asn");
        }
    }

    private static bool Asks(RouteConditions conditions, Func<RouteConditions, bool> asks) => asks(conditions)
        || conditions.Not is { } not && Asks(not, asks) || conditions.Any.Concat(conditions.All).Any(each => Asks(each, asks));

    private static void Missing(MapReader root, int rule, string condition, string key) => root.Context.Errors.Add(
        ((ListNode)root.Take("routes")!).Items[rule].Place,
        $"has `{condition}`, and `geoip.{key}` does not say which file knows them");
}
