using System.Net;

namespace MultiExit.Engine.Fleet.Leases;

/// <summary>Who has an address.</summary>
/// <param name="Address">The address.</param>
/// <param name="Node">The node.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Token">Counts up with each new holder.</param>
/// <param name="Left">For how long.</param>
internal sealed record LeaseRow(IPAddress Address, string Node, long Epoch, long Token, TimeSpan Left);
