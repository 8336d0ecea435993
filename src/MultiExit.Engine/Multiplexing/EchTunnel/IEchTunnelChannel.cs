using MultiExit.Engine.Protocols.EchTunnel;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>The session or association that an id of an <see cref="EchTunnelCarrier"/> stands for: TCP or UDP. The handlers run on the
/// carrier's read loop, one at a time, and must not block.</summary>
internal interface IEchTunnelChannel
{
    Guid Id { get; }

    /// <summary>Takes a message of the peer for this id. A message without a meaning here is ignored.</summary>
    void On(in EchTunnelMessage message);

    /// <summary>Ends it in both directions, without a message to the peer; the second time it does nothing.</summary>
    void End(Exception reason);
}
