using System.Runtime.CompilerServices;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Postgres;

namespace MultiExit.Engine.Fleet;

/// <summary>Opens stores. Nothing of Npgsql is loaded before the first one is opened, which a server without <c>fleet</c> never does.</summary>
internal static class FleetStores
{
    /// <summary>The store of a configuration; nothing is connected yet.</summary>
    /// <exception cref="Errors.ProxyException">The CA file cannot be read.</exception>
    // Inlined, it would load Npgsql with its caller.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IFleetStore Open(FleetConfig config) => new PostgresStore(config);
}
