using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>A session that a client of the plain format opened, for the server to serve.</summary>
/// <param name="Channel">An <see cref="EchTunnelStream"/> or <see cref="EchTunnelAssociation"/>.</param>
/// <param name="Destination">The destination.</param>
/// <param name="FirstFrame">The bytes that came with the request.</param>
internal readonly record struct EchTunnelOpen(IEchTunnelChannel Channel, Destination Destination, ReadOnlyMemory<byte> FirstFrame);
