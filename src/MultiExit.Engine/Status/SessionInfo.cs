using System.Net;

namespace MultiExit.Engine.Status;

/// <summary>A live session at a moment.</summary>
/// <param name="Id">The number, unique within a server's life.</param>
/// <param name="Inbound">The inbound's name.</param>
/// <param name="Client">The client.</param>
/// <param name="Local">The address of this host that the client came in on.</param>
/// <param name="User">The authenticated user; null where there is none.</param>
/// <param name="Network"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Destination">Where it goes, <c>host:port</c>.</param>
/// <param name="Exit">The exit that serves it; null while it dials.</param>
/// <param name="Started">When the request came.</param>
/// <param name="BytesUp">Bytes from the client to the target.</param>
/// <param name="BytesDown">Bytes from the target to the client.</param>
public sealed record SessionInfo(
    long Id,
    string Inbound,
    IPEndPoint Client,
    IPEndPoint Local,
    string? User,
    string Network,
    string Destination,
    string? Exit,
    DateTimeOffset Started,
    long BytesUp,
    long BytesDown);
