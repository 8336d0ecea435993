using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>The parts that an inbound may be built with, beside its record.</summary>
/// <param name="Limits">The limits of the server.</param>
/// <param name="Transport">Opens the sockets that protocols need beside their connections.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">The log.</param>
/// <param name="Counters">The server's counters.</param>
/// <param name="Memory">The memory of all carriers of the server.</param>
/// <param name="States">The state of the inbounds before a reload.</param>
/// <param name="Stopping">Canceled when the server stops.</param>
internal sealed record InboundParts(
    LimitsConfig Limits, ITransport Transport, TimeProvider Time, EngineLog Log, ServerCounters Counters, ServerMemory Memory,
    InboundStates States, CancellationToken Stopping)
{
    /// <summary>Lets UDP associations in.</summary>
    public UdpAdmission Associations { get; } = new(States.Associations, Counters, Log);
}
