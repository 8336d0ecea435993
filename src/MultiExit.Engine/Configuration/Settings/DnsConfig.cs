namespace MultiExit.Engine.Configuration.Settings;

/// <summary>How names are resolved.</summary>
public sealed record DnsConfig
{
    /// <summary>The address family tried first (RFC 8305 section 4).</summary>
    public AddressPreference Prefer { get; init; } = AddressPreference.Ipv6;

    /// <summary>The resolver for all names (keys <c>doh</c>, <c>bootstrap</c> and <c>ca</c>); null: the system's.</summary>
    public DohConfig? Doh { get; init; }
}
