namespace MultiExit.Engine.Configuration;

/// <summary>How names are resolved: by the system.</summary>
public sealed record DnsConfig
{
    /// <summary>The address family tried first (RFC 8305 section 4).</summary>
    public AddressPreference Prefer { get; init; } = AddressPreference.Ipv6;
}
