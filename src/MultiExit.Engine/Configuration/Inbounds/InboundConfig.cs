using System.Net;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>Where clients come in.</summary>
public abstract record InboundConfig
{
    /// <summary>The name, unique among inbounds; rules refer to it.</summary>
    public required string Name { get; init; }

    /// <summary>The address to listen on; <c>[::]</c> takes IPv4 as well, port 0 picks a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>TLS on the listener; null for none.</summary>
    public TlsServerConfig? Tls { get; init; }

    /// <summary>Whether private destinations are served: addresses that are not globally reachable, those of metadata and platform services of
    /// clouds, and this host's own, after names are resolved. Null: only when the listener itself is on a loopback address, and no web page
    /// can use it (<see cref="IsOpenToPages"/>).</summary>
    public bool? PrivateDestinationsAllowed { get; init; }

    /// <summary>The networks that clients may come from (key <c>allow</c>), by the address of the connection, or by that of the PROXY header; empty: from
    /// anywhere.</summary>
    public IReadOnlyList<IPNetwork> Allow { get; init; } = [];

    /// <summary>The networks of the load balancers that pass clients on with a header of the PROXY protocol (key <c>proxy_protocol.from</c>): it is
    /// required from there and not taken from elsewhere. Empty: none.</summary>
    public IReadOnlyList<IPNetwork> ProxyProtocolFrom { get; init; } = [];

    /// <summary>The value of <c>type</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Whether clients can send datagrams through it.</summary>
    internal abstract bool CarriesUdp { get; }

    /// <summary>Whether clients can have connections through it.</summary>
    internal virtual bool CarriesTcp => true;

    /// <summary>The users that clients log in as (key <c>users</c>); empty when no login is needed.</summary>
    public IReadOnlyList<UserConfig> Users { get; init; } = [];

    /// <summary>The back-end that knows the users that are not in the configuration: its own (key <c>auth</c>), or with <c>users: all</c> that of the
    /// configuration; null: there is none.</summary>
    public AuthConfig? Auth { get; init; }

    /// <summary>Whether nobody is asked who it is.</summary>
    internal bool HasNoUsers => Users.Count == 0 && Auth is null;

    /// <summary>Whether there are clients of this host that need not prove who they are: there are no users, or one is known by its address or by a
    /// certificate, which a browser may have as well.</summary>
    private protected bool AsksNothing => HasNoUsers || Users.Any(user => user.Networks.Count > 0 || CertificatesOf(user).Any());

    /// <summary>Whether TLS 1.2 is refused on the listener.</summary>
    internal virtual bool OnlyTls13 => false;

    /// <summary>Whether a peer that is no client of it must take the port for that of a web server: TLS 1.2, ALPN, and bytes that are not
    /// TLS.</summary>
    internal virtual bool LooksLikeWebServer => false;

    /// <summary>The request field whose value names a client's session; null: none.</summary>
    internal virtual string? SessionHeader => null;

    /// <summary>Whether a client from outside <see cref="Allow"/> gets the protocol's own answer; otherwise its connection is closed as soon as its
    /// address is known.</summary>
    internal virtual bool AnswersThoseOutsideAllow => false;

    /// <summary>The destination of every connection; null: the client names it.</summary>
    internal virtual Destination? OnlyTarget => null;

    /// <summary>Whether a page in a browser on the listener's host could use it without knowing anything: it speaks what pages can speak, and asks
    /// for no login.</summary>
    internal virtual bool IsOpenToPages => false;

    /// <summary>Whether clients of a listener on a loopback address are programs of this host.</summary>
    internal virtual bool TrustsLoopback => true;

    /// <summary>The origins of pages that may use it (RFC 6454); <c>*</c>: any. Empty where the protocol is not for pages.</summary>
    internal virtual IReadOnlyList<string> PageOrigins => [];

    /// <summary>Whether a client can show a credential of a user here.</summary>
    /// <param name="credential">One of <see cref="UserConfig.Credentials"/>.</param>
    internal virtual bool Takes(string credential) =>
        credential == "password" || credential.StartsWith("network:", StringComparison.Ordinal);

    /// <summary>Whether a certificate alone is a login.</summary>
    private protected virtual bool TakesCertificates => Tls?.Clients is not null;

    /// <summary>How a client can show here that it is a user, as in <see cref="UserConfig.Credentials"/>.</summary>
    internal IEnumerable<string> WaysIn(UserConfig user) =>
        [.. user.Credentials.Where(Takes), .. TakesCertificates ? CertificatesOf(user) : []];

    // A user with certificates of its own is not known by a name in another one (docs/decisions/0092).
    private IEnumerable<string> CertificatesOf(UserConfig user)
    {
        if (Tls?.Clients is not { } clients) return [];
        if (user.Certificates.Count > 0) return user.Credentials.Where(credential => credential.StartsWith("certificate:", StringComparison.Ordinal));
        return clients.UserFrom is { } property ? [UserConfig.LoginOf(property)] : [];
    }

    /// <summary>Whether the clients of datagrams of an earlier configuration on the same port may stay: they are served as they were when they came.</summary>
    internal virtual bool KeepsDatagramClientsOf(InboundConfig earlier) => earlier.GetType() == GetType();

    /// <summary>Checks the values that have a range.</summary>
    internal virtual void Check(ValueCheck check)
    {
    }

    /// <summary>A command that a person can try the inbound with at a shell; null when there is none.</summary>
    /// <param name="endPoint">Where it is reached.</param>
    public virtual string? TryCommand(IPEndPoint endPoint) => null;

    /// <summary>A command that asks curl to go through the inbound as its proxy.</summary>
    private protected string Curl(string scheme, IPEndPoint endPoint) =>
        $"curl -x {scheme}://{endPoint}{(Auth is not null || Users.Any(user => user.HasPassword) ? " -U USER:PASSWORD" : "")} https://example.com/";

    /// <summary>The value that <see cref="PrivateDestinationsAllowed"/> stands for, its default included.</summary>
    public bool AllowsPrivateDestinations => PrivateDestinationsAllowed ?? (TrustsLoopback && IPAddress.IsLoopback(Listen.Address) && !IsOpenToPages);
}
