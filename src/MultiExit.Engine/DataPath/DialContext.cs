using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>On whose behalf an exit dials.</summary>
internal sealed record DialContext
{
    /// <summary>The request; null for traffic of our own (health probes).</summary>
    public RequestInfo? Request { get; init; }

    /// <summary>False when private destinations (<see cref="DataPath.PrivateDestinations"/>) must be refused after name resolution.</summary>
    public bool PrivateDestinationsAllowed { get; init; } = true;

    /// <summary>The destination's addresses where routing had to resolve them already; exits that resolve use these.</summary>
    public IReadOnlyList<IPAddress>? ResolvedAddresses { get; init; }

    /// <summary>What the client has already sent behind its request. An exit that can send it along with its own request does, and
    /// says how much in <see cref="DialResult.FirstPayloadSent"/>; nobody ever waits for it.</summary>
    public ReadOnlyMemory<byte> FirstPayload { get; init; }

    /// <summary>The client's socket, so that the new connection is served beside it.</summary>
    public SocketStream? Near { get; init; }

    /// <summary>How our own limits hold back who reads the new connection; null where nothing ever does.</summary>
    public IReaderHold? Hold { get; init; }

    /// <summary>How long a group may take for all its attempts; null: what its own settings say.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The requests on the carrier that the connection is for; null: it is for one request.</summary>
    public CarriedHops? Carried { get; init; }

    /// <summary>What the dial leaves for the record of its session; null: there is none.</summary>
    public DialTrace? Trace { get; init; }

    /// <summary>How many listeners of this process the request has come through, behind the first one.</summary>
    public int Hops => Request is { } request ? OwnConnections.Process.HopsOf(request.Client, request.Local) : 0;

    /// <summary>The context for reaching an upstream proxy of ours: configured by the operator, so no address is off limits.</summary>
    public DialContext ForProxyServer() => this with { PrivateDestinationsAllowed = true, ResolvedAddresses = null, FirstPayload = default, Budget = null };
}
