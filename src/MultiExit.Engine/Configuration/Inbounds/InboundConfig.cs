using System.Net;

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

    /// <summary>Whether destinations in loopback, link-local, private and metadata ranges are served. Null: only when the
    /// listener itself is on a loopback address.</summary>
    public bool? PrivateDestinationsAllowed { get; init; }

    /// <summary>The value of <c>type</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Whether clients can send datagrams through it.</summary>
    internal abstract bool CarriesUdp { get; }

    /// <summary>The users that clients log in as; empty when nobody has to.</summary>
    internal virtual IReadOnlyList<UserConfig> Accounts => [];

    /// <summary>What <see cref="PrivateDestinationsAllowed"/> comes to.</summary>
    public bool AllowsPrivateDestinations => PrivateDestinationsAllowed ?? IPAddress.IsLoopback(Listen.Address);
}
