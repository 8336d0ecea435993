using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>All keys that a handshake may have been made with.</summary>
/// <param name="Keys">Those common to all clients, then those of users in the order of <see cref="UserDirectory.Keys"/>.</param>
/// <param name="Users">The users.</param>
internal sealed record TunnelKeyRing(TunnelKeySet Keys, UserDirectory Users);
