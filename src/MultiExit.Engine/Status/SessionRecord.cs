using System.Net;

namespace MultiExit.Engine.Status;

/// <summary>A session, live or ended: a relayed connection, an HTTP exchange a UDP association, or one destination of it. The control API, the
/// cmdlets, the access log and the record store have the same fields by the same names (docs/records.md).</summary>
public sealed record SessionRecord
{
    /// <summary>The number, unique within a server's life.</summary>
    public required long Id { get; init; }

    /// <summary>Which destination of the UDP association <see cref="Id"/> it is, from 1; null for the association as a whole, and for all other
    /// sessions.</summary>
    public int? Flow { get; init; }

    /// <summary>When the request came.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; null while it lives.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The inbound's name.</summary>
    public required string Inbound { get; init; }

    /// <summary>What the client spoke: <c>socks5</c>, <c>connect</c> or <c>http</c> (HTTP with and without CONNECT), <c>websocket</c>, <c>tunnel</c>,
    /// <c>ech-tunnel</c>, <c>forward</c>, or <c>fallback</c> (a prober that was passed on).</summary>
    public required string Protocol { get; init; }

    /// <summary><c>tcp</c> or <c>udp</c>.</summary>
    public required string Network { get; init; }

    /// <summary>The client.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>The address of this host that the client came in on.</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>The authenticated user; null where there is none.</summary>
    public string? User { get; init; }

    /// <summary>How the client proved itself: <c>password</c>, <c>token</c> or <c>key</c>, with the name of a user's own behind a colon
    /// (<c>key:laptop</c>), or <c>network</c>; null where nothing was asked for.</summary>
    public string? Login { get; init; }

    /// <summary>The value of the session header (<c>session_header</c>), as a keyed hash, or as it was sent with <c>records.session_keys: plain</c>; null
    /// where there is none.</summary>
    public string? SessionKey { get; init; }

    /// <summary>The host name that the client asked the load balancer before this server for (its SNI mostly), as the PROXY header says; null where it
    /// says none.</summary>
    public string? ProxiedName { get; init; }

    /// <summary>That load balancer's name for the connection; null where it has none.</summary>
    public string? ProxiedId { get; init; }

    /// <summary>Where it goes, <c>host:port</c> as the client asked for it.</summary>
    public required string Destination { get; init; }

    /// <summary>The address that the destination's name was resolved to here; null for an address, and where a proxy or tunnel server resolves it.</summary>
    public IPAddress? Resolved { get; init; }

    /// <summary>The rule that sent it there, its number in <c>routes</c> from 1; null for the default.</summary>
    public int? Rule { get; init; }

    /// <summary>The group that the rule names; null where it names an exit.</summary>
    public string? Group { get; init; }

    /// <summary>The exit that serves it; where none did, the one that failed last. Null while it dials.</summary>
    public string? Exit { get; init; }

    /// <summary>The dials that were made for it, failed ones too, in their order.</summary>
    public IReadOnlyList<SessionAttempt> Attempts { get; init; } = [];

    /// <summary>Address and port of the connection that left this host, as its peer sees them, but for NAT on the way. With
    /// source NAT of this server the address is that of the NAT.</summary>
    public IPEndPoint? Source { get; init; }

    /// <summary>The other end of that connection.</summary>
    public IPEndPoint? Peer { get; init; }

    /// <summary>What that connection leads to: <c>target</c>, <c>proxy</c>, or <c>carrier</c> (a tunnel's, with other sessions on it).</summary>
    public string? Leads { get; init; }

    /// <summary>Bytes from the client to the target.</summary>
    public long BytesUp { get; init; }

    /// <summary>Bytes from the target to the client.</summary>
    public long BytesDown { get; init; }

    /// <summary>From the client's connection to its request, in milliseconds; null for further requests of a connection.</summary>
    public double? HandshakeMs { get; init; }

    /// <summary>From the request to the choice of the exit, in milliseconds.</summary>
    public double? RouteMs { get; init; }

    /// <summary>The look-up of the destination's name, in milliseconds.</summary>
    public double? ResolveMs { get; init; }

    /// <summary>From the choice of the exit to the connection, all attempts and <see cref="ResolveMs"/> in it, in milliseconds.</summary>
    public double? DialMs { get; init; }

    /// <summary>From the request to the first byte that went to the target, in milliseconds.</summary>
    public double? FirstByteUpMs { get; init; }

    /// <summary>From the request to the first byte that came back, in milliseconds.</summary>
    public double? FirstByteMs { get; init; }

    /// <summary>From the request to its end, or to now, in milliseconds.</summary>
    public double DurationMs { get; init; }

    /// <summary>How it ended; null while it lives.</summary>
    public SessionOutcome? Outcome { get; init; }

    /// <summary>Why it failed or was refused, in words; null for the others.</summary>
    public string? Detail { get; init; }
}
