using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Preflight;

/// <summary>What checks look at.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Files">The files of the system.</param>
/// <param name="System">Commands, and the addresses of interfaces.</param>
/// <param name="Transport">Sockets.</param>
/// <param name="Time">The clock.</param>
/// <param name="IsRunning">Whether a server of this process has it in force: its ports are its own.</param>
internal sealed record PreflightContext(
    GatewayConfig Config, SystemFiles Files, ICommandRunner System, ITransport Transport, TimeProvider Time, bool IsRunning)
{
    /// <summary>Whether the system says that its clock is synchronized; null: it does not say.</summary>
    public Func<bool?> IsClockSynchronized { get; init; } = SystemClock.IsSynchronized;

    /// <summary>Makes the client of a resolver.</summary>
    public required Func<DohConfig, IDnsClient> Resolver { get; init; }

    /// <summary>Opens the store of a fleet.</summary>
    public Func<FleetConfig, IFleetStore> Store { get; init; } = FleetStores.Open;

    /// <summary>The name of the library that speaks ECH; a <see cref="Errors.ProxyException"/> where there is none.</summary>
    public Func<string> EchLibrary { get; init; } = () => Tls.Ech.EchBackends.Require().Name;
}
