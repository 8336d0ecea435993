using System.Net;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A session: a live one as it was when the object was made, or one that has ended, of the record store.</summary>
public sealed class MxSession
{
    internal MxSession(ServerOrigin origin, SessionRecord info)
    {
        (Server, Socket, Node) = origin;
        Id = info.Id;
        Flow = info.Flow;
        Inbound = info.Inbound;
        Protocol = info.Protocol;
        Client = info.Client;
        LocalAddress = info.Local.Address;
        User = info.User;
        Login = info.Login;
        SessionKey = info.SessionKey;
        ProxiedName = info.ProxiedName;
        ProxiedId = info.ProxiedId;
        Network = info.Network;
        Destination = info.Destination;
        Resolved = info.Resolved;
        Rule = info.Rule;
        Group = info.Group;
        Exit = info.Exit;
        Attempts = [.. info.Attempts];
        Source = info.Source;
        Peer = info.Peer;
        Leads = info.Leads;
        Started = info.Started;
        BytesUp = info.BytesUp;
        BytesDown = info.BytesDown;
        HandshakeMs = info.HandshakeMs;
        RouteMs = info.RouteMs;
        ResolveMs = info.ResolveMs;
        DialMs = info.DialMs;
        FirstByteUpMs = info.FirstByteUpMs;
        FirstByteMs = info.FirstByteMs;
        DurationMs = info.DurationMs;
        Ended = info.Ended;
        Outcome = info.Outcome is { } outcome ? RecordQuery.Outcomes[(int)outcome] : null;
        Detail = info.Detail;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The node of the fleet that it was on; null where one server was asked for its own.</summary>
    public string? Node { get; }

    /// <summary>The number, unique within the server's life.</summary>
    public long Id { get; }

    /// <summary>Which destination of the UDP association Id it is, from 1; null for all others.</summary>
    public int? Flow { get; }

    /// <summary>The inbound's name.</summary>
    public string Inbound { get; }

    /// <summary>What the client spoke: socks5, connect or http (HTTP with and without CONNECT), websocket, tunnel, ech-tunnel, forward, fallback.</summary>
    public string Protocol { get; }

    /// <summary>The client's address.</summary>
    public IPEndPoint Client { get; }

    /// <summary>The address of this host that the client came in on.</summary>
    public IPAddress LocalAddress { get; }

    /// <summary>The authenticated user; null where there is none.</summary>
    public string? User { get; }

    /// <summary>How the client proved itself: password, token or key; null where nothing was asked for.</summary>
    public string? Login { get; }

    /// <summary>The value of the session header, as a keyed hash, or as it was sent with records.session_keys: plain; null where there is none.</summary>
    public string? SessionKey { get; }

    /// <summary>The host name that the client asked the load balancer before the server for; null where the PROXY header says none.</summary>
    public string? ProxiedName { get; }

    /// <summary>That load balancer's name for the connection; null where it has none.</summary>
    public string? ProxiedId { get; }

    /// <summary>tcp or udp.</summary>
    public string Network { get; }

    /// <summary>Where it goes, host:port.</summary>
    public string Destination { get; }

    /// <summary>The address that the destination's name was resolved to here.</summary>
    public IPAddress? Resolved { get; }

    /// <summary>The rule that sent it to its exit, from 1; null for the default.</summary>
    public int? Rule { get; }

    /// <summary>The group that the rule names; null where it names an exit.</summary>
    public string? Group { get; }

    /// <summary>The exit that serves it; null while it dials.</summary>
    public string? Exit { get; }

    /// <summary>The dials that were made for it, failed ones too.</summary>
    public SessionAttempt[] Attempts { get; }

    /// <summary>Address and port of the connection that left this host.</summary>
    public IPEndPoint? Source { get; }

    /// <summary>The other end of that connection.</summary>
    public IPEndPoint? Peer { get; }

    /// <summary>What that connection leads to: target, proxy or carrier.</summary>
    public string? Leads { get; }

    /// <summary>When the request came.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>Bytes from the client to the target.</summary>
    public long BytesUp { get; }

    /// <summary>Bytes from the target to the client.</summary>
    public long BytesDown { get; }

    /// <summary>From the client's connection to its request, in milliseconds.</summary>
    public double? HandshakeMs { get; }

    /// <summary>From the request to the choice of the exit, in milliseconds.</summary>
    public double? RouteMs { get; }

    /// <summary>The look-up of the destination's name, in milliseconds.</summary>
    public double? ResolveMs { get; }

    /// <summary>From the choice of the exit to the connection, in milliseconds.</summary>
    public double? DialMs { get; }

    /// <summary>From the request to the first byte that went to the target, in milliseconds.</summary>
    public double? FirstByteUpMs { get; }

    /// <summary>From the request to the first byte that came back, in milliseconds.</summary>
    public double? FirstByteMs { get; }

    /// <summary>How long it has lived, in milliseconds.</summary>
    public double DurationMs { get; }

    /// <summary>When it ended; null while it lives.</summary>
    public DateTimeOffset? Ended { get; }

    /// <summary>How it ended: ok, idle, client-reset and so on; null while it lives.</summary>
    public string? Outcome { get; }

    /// <summary>Why it failed or was refused, in words.</summary>
    public string? Detail { get; }

    /// <summary>The form <c>edge#12 client -> destination</c>.</summary>
    public override string ToString() => $"{Server}#{Id} {Client} -> {Destination}";
}
