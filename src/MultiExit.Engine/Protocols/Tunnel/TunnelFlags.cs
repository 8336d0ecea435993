namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The flags of a handshake message. Bits 4 to 15 of a client's are its fraction of the second
/// (<see cref="TunnelHello.GetTime"/>).</summary>
[Flags]
internal enum TunnelFlags : ushort
{
    None = 0,

    /// <summary>Every plaintext starts with a pad length and 0 to 127 random bytes.</summary>
    Padding = 1 << 0,
}
