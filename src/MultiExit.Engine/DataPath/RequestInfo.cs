using System.Net;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.DataPath;

/// <summary>The request as routing sees it: its client, its user and its destination.</summary>
internal sealed record RequestInfo
{
    /// <summary>The inbound's name.</summary>
    public required string Inbound { get; init; }

    /// <summary>The authenticated user; null where the inbound has no users.</summary>
    public string? User { get; init; }

    /// <summary>The value of the inbound's session header; null where the inbound has no such header or the request does not have it.</summary>
    public string? Session { get; init; }

    /// <summary>The client.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>The address the client came in on.</summary>
    public required IPEndPoint Local { get; init; }

    public required Destination Destination { get; init; }

    public Network Network { get; init; }

    /// <summary>False when private destinations are refused for this inbound.</summary>
    public bool PrivateDestinationsAllowed { get; init; }
}
