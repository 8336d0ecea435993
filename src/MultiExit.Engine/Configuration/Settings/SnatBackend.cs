namespace MultiExit.Engine.Configuration.Settings;

/// <summary>The firewall program that makes the source NAT.</summary>
public enum SnatBackend
{
    /// <summary>nftables; where <c>nft</c> is missing, iptables. A set-up that is there already stays with its own.</summary>
    Auto,

    /// <summary>nftables.</summary>
    Nftables,

    /// <summary>iptables and ip6tables.</summary>
    Iptables,
}
