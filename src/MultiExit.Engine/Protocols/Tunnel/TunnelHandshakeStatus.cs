namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The result of a handshake message. For logs and counters: to the peer, every failure looks the same.</summary>
internal enum TunnelHandshakeStatus : byte
{
    Ok,

    /// <summary>Valid so far, but not 32 bytes yet.</summary>
    NeedMore,

    /// <summary>The first byte is not the version. Known before the message is whole.</summary>
    BadVersion,

    /// <summary>The peer has another key, or none.</summary>
    BadMac,

    /// <summary>Authentic, but the method is unknown or, from a server, not the one that was asked for.</summary>
    BadMethod,

    /// <summary>Authentic, but a server set a flag that is unknown, or left out one that was asked for.</summary>
    BadFlags,

    /// <summary>Authentic, but the client's clock is further away than <see cref="TunnelHandshake.MaxClockSkew"/>.</summary>
    BadTime,

    /// <summary>It is all there and was not looked at: messages come too fast.</summary>
    TooFast,
}
