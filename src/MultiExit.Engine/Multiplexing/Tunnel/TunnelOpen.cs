using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>A stream that the client opened, for the server to serve.</summary>
/// <param name="Channel">A <see cref="TunnelStream"/> or <see cref="TunnelDatagrams"/>.</param>
/// <param name="Destination">The destination; with UDP a hint only.</param>
internal readonly record struct TunnelOpen(ITunnelChannel Channel, Destination Destination);
