namespace MultiExit.Engine.Inbounds;

/// <summary>What may be repeated.</summary>
internal enum ReplayKind
{
    /// <summary>The handshake of a tunnel.</summary>
    Tunnel,

    /// <summary>A request of Shadowsocks that has no time (SIP004, SIP007).</summary>
    Shadowsocks,

    /// <summary>A request of Shadowsocks that has one (SIP022).</summary>
    TimedShadowsocks,
}
