namespace MultiExit.Engine.Configuration.Exits;

/// <summary>From which peers a UDP association takes datagrams at a direct exit (RFC 4787 section 5).</summary>
public enum UdpFilter
{
    /// <summary>From any peer that sends to its port, as a full-cone NAT does (endpoint-independent filtering).</summary>
    None,

    /// <summary>From addresses that it has sent to (address-dependent filtering).</summary>
    Address,

    /// <summary>From addresses and ports that it has sent to (address and port-dependent filtering).</summary>
    Port,
}
