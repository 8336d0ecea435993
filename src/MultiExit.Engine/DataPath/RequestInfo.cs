using System.Net;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.DataPath;

/// <summary>The request as routing sees it: its client, its user and its destination.</summary>
internal sealed record RequestInfo
{
    /// <summary>The inbound's name.</summary>
    public required string Inbound { get; init; }

    /// <summary>What the client speaks, as one word: <c>socks5</c>, <c>connect</c>, <c>http</c>.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>How the client proved itself: <c>password</c>, <c>token</c>, <c>psk</c> or <c>key</c>, with the name of a user's own behind a colon
    /// (<c>key:laptop</c>), <c>certificate</c> with what of it its user is known by (<c>certificate:san</c>), or <c>network</c>; null where nothing
    /// was asked for.</summary>
    public string? Login { get; init; }

    /// <summary>The certificate that the client showed; null for none.</summary>
    public ClientCertificate? Certificate { get; init; }

    /// <summary>How long the client took from its connection to its first request; null for later ones, and those on a carrier.</summary>
    public TimeSpan? Handshake { get; init; }

    /// <summary>The authenticated user; null where the inbound has no users.</summary>
    public string? User { get; init; }

    /// <summary>By what limits and quotas know the user (<see cref="UserIdentity.Account"/>); its name where nothing else is said.</summary>
    public string? Account { get => field ?? User; init; }

    /// <summary>The groups that the user belongs to.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The exit or group that takes the place of the default for this user, as its back-end says; null: none.</summary>
    public string? PinnedExit { get; init; }

    /// <summary>The key of the credential that a back-end knows the user by; null: it is a user of the configuration.</summary>
    public string? Credential { get; init; }

    /// <summary>The key of its session: from its user name, or the value of the inbound's session header; null for none.</summary>
    public string? Session { get; init; }

    /// <summary>What the client has chosen in its user name; null: nothing.</summary>
    public NameChoice? Choice { get; init; }

    /// <summary>The client.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>The load balancer that passed the client on; null: the client came itself.</summary>
    public IPEndPoint? Balancer { get; init; }

    /// <summary>The other end of the connection: the load balancer or the client.</summary>
    public IPEndPoint Peer => Balancer ?? Client;

    /// <summary>The address the client came in on, or its load balancer.</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>The host name that the client asked the load balancer before this server for, its SNI mostly; null where the balancer says none.</summary>
    public string? ProxiedName { get; init; }

    /// <summary>The load balancer's name for the connection; null where it has none.</summary>
    public string? ProxiedId { get; init; }

    public required Destination Destination { get; init; }

    /// <summary>For a destination that is an address: the name in the client's first bytes, empty where there is none; null: nobody has looked.</summary>
    public string? Sniffed { get; init; }

    public Network Network { get; init; }

    /// <summary>False when private destinations are refused for this inbound.</summary>
    public bool PrivateDestinationsAllowed { get; init; }
}
