namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The flags of a handshake message.</summary>
[Flags]
internal enum TunnelFlags : ushort
{
    None = 0,

    /// <summary>Every plaintext starts with a pad length and 0 to 127 random bytes.</summary>
    Padding = 1 << 0,
}
