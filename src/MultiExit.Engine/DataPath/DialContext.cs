using System.Net;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>On whose behalf an exit dials.</summary>
internal sealed record DialContext
{
    /// <summary>The request; null for the server's own traffic (health probes).</summary>
    public RequestInfo? Request { get; init; }

    /// <summary>Which exits the client wants; null: any. A proxy's server is reached by whichever way there is.</summary>
    public NameChoice? Choice { get; init; }

    /// <summary>False when private destinations (<see cref="DataPath.PrivateDestinations"/>) must be refused after name resolution.</summary>
    public bool PrivateDestinationsAllowed { get; init; } = true;

    /// <summary>The destination's addresses where routing had to resolve them already; exits that resolve use these.</summary>
    public IReadOnlyList<IPAddress>? ResolvedAddresses { get; init; }

    /// <summary>What the client has already sent after its request. An exit that can send it along with its own request does, and
    /// reports how much in <see cref="DialResult.FirstPayloadSent"/>; no code ever waits for it.</summary>
    public ReadOnlyMemory<byte> FirstPayload { get; init; }

    /// <summary>The client's socket, so that the new connection is served beside it.</summary>
    public SocketStream? Near { get; init; }

    /// <summary>How the server's own limits hold back the reader of the new connection; null where none ever does.</summary>
    public IReaderHold? Hold { get; init; }

    /// <summary>How long a group may take for all its attempts; null: as its own settings say.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The requests on the carrier that the connection is for; null: it is for one request.</summary>
    public CarriedHops? Carried { get; init; }

    /// <summary>The dial's part in the record of its session; null: there is no record.</summary>
    public DialTrace? Trace { get; init; }

    /// <summary>How many listeners of this process the request has come through after the first one.</summary>
    public int Hops => Request is { } request ? OwnConnections.Process.HopsOf(request.Peer, request.Local) : 0;

    /// <summary>The context for reaching a configured upstream proxy: the operator chose it, so no address is forbidden.</summary>
    public DialContext ForProxyServer() => this with
    {
        PrivateDestinationsAllowed = true, ResolvedAddresses = null, FirstPayload = default, Budget = null, Choice = null,
    };
}
