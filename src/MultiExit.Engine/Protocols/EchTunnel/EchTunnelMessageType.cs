namespace MultiExit.Engine.Protocols.EchTunnel;

/// <summary>The messages of the ECH tunnel's plain format. On the wire they are words.</summary>
internal enum EchTunnelMessageType : byte
{
    /// <summary>An unknown word: a later version may have more words, so it is ignored.</summary>
    Unknown,
    Claim,
    ClaimAck,
    Tcp,
    Connected,
    Data,
    Close,
    UdpConnect,
    UdpConnected,
    UdpError,
    UdpData,
    UdpClose,
}
