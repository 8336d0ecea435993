using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Routing.Geo;

/// <summary>The databases of a configuration.</summary>
/// <param name="Country">That of countries; null: there is none.</param>
/// <param name="Asn">That of autonomous systems; null: there is none.</param>
internal sealed record GeoDatabases(GeoDatabase? Country, GeoDatabase? Asn)
{
    /// <summary>None.</summary>
    public static GeoDatabases None { get; } = new(null, null);

    /// <summary>All of them.</summary>
    public IEnumerable<GeoDatabase> All => new[] { Country, Asn }.OfType<GeoDatabase>();

    /// <summary>Opens those of a configuration; one that is open already is taken as it is.</summary>
    /// <exception cref="ProxyException">A file cannot be read, or is no such database.</exception>
    public static GeoDatabases Open(GeoIpConfig config, GeoDatabases? present = null)
    {
        return new GeoDatabases(Of(config.Country, present?.Country), Of(config.Asn, present?.Asn));

        static GeoDatabase? Of(string? path, GeoDatabase? present)
        {
            if (path is null || present?.Path == path) return path is null ? null : present;
            GeoDatabase database = new(path);
            database.Open();
            return database;
        }
    }

    /// <summary>Reads those again that have changed.</summary>
    public void Look(EngineLog log)
    {
        foreach (GeoDatabase database in All) database.Look(log);
    }
}
