using System.Net;

namespace MultiExit.Engine.Fleet.Lockouts;

/// <summary>A client that is locked out, or is let in again.</summary>
/// <param name="Client">The client: an IPv4 address, or the first one of an IPv6 prefix.</param>
/// <param name="Lasts">How long it is locked out from now on; zero: it is let in again.</param>
/// <param name="Node">The node that said so.</param>
internal sealed record SharedLockout(IPAddress Client, TimeSpan Lasts, string Node);
