using System.Globalization;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet;

/// <summary>What is said of tables that are not those of this program.</summary>
internal static class StoreVersions
{
    /// <summary>Checks the version of a store.</summary>
    /// <exception cref="ProxyException">It is older or newer than this program.</exception>
    public static void Check(int version, int needed)
    {
        if (version > needed) throw TooNew(version, needed);
        if (version == needed) return;
        string found = version == 0 ? "the store has no tables yet" : string.Create(CultureInfo.InvariantCulture,
            $"the tables of the store have version {version}, and this program needs {needed}");
        throw new ProxyException(ProxyError.StoreSchema, $"{found}; `multiexit store init --config FILE` or Initialize-MxStore makes them");
    }

    /// <summary>Nothing is done to tables whose meaning is not known.</summary>
    public static ProxyException TooNew(int version, int needed) => new(ProxyError.StoreSchema, string.Create(CultureInfo.InvariantCulture,
        $"the tables of the store have version {version}, which is newer than this program ({needed}); use a newer version of the program"));
}
