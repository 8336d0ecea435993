using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Encrypted Client Hello towards a server (RFC 9849): an observer sees only the public name of the server's config.</summary>
public sealed record EchClientConfig
{
    /// <summary>Where the HTTPS record is looked up (keys <c>doh</c>, <c>bootstrap</c> and <c>ca</c>); null: <c>dns.doh</c>.</summary>
    public DohConfig? Doh { get; init; }

    /// <summary>The name whose HTTPS record has the configs (key <c>name</c>); null: the server's, RFC 9460 section 2.3.</summary>
    public string? Name { get; init; }

    /// <summary>The configs themselves (key <c>config</c>), at least one of them usable; null: they are looked up.</summary>
    public EchConfigList? Configs { get; init; }

    /// <summary>Shows the server's name after all when there is no config or the server does not accept it (key <c>fallback</c>).
    /// Without it such a connection fails.</summary>
    public bool Fallback { get; init; }
}
