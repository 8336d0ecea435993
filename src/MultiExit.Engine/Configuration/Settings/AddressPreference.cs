namespace MultiExit.Engine.Configuration.Settings;

/// <summary>The address family that a connection attempt starts with.</summary>
public enum AddressPreference
{
    /// <summary>IPv6 first (RFC 8305).</summary>
    Ipv6,
    /// <summary>IPv4 first.</summary>
    Ipv4,
}
