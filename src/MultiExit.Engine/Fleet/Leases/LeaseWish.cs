using System.Net;

namespace MultiExit.Engine.Fleet.Leases;

/// <summary>An address that a node needs.</summary>
/// <param name="Address">The address.</param>
/// <param name="Token">The token that it has, perhaps from a process before; 0: none. Another server with the node's name does not know it.</param>
internal sealed record LeaseWish(IPAddress Address, long Token);
