using System.Net;

namespace MultiExit.Engine.DataPath;

/// <summary>The connection by which bytes of a session leave this host.</summary>
/// <param name="Source">Its address and port here; behind source NAT the address is that of the NAT.</param>
/// <param name="Peer">The other end.</param>
/// <param name="Kind">Whose it is.</param>
internal sealed record LeftConnection(IPEndPoint Source, IPEndPoint Peer, LeftKind Kind = LeftKind.Target);
