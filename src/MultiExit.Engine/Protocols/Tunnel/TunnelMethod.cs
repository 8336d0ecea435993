namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The protection of the frames inside of TLS. Wire values; unknown ones are refused with the handshake.</summary>
internal enum TunnelMethod : byte
{
    ChaCha20Poly1305 = 1,
    Aes256Gcm = 2,

    /// <summary>No AEAD and no frame HMAC: TLS protects the frames already.</summary>
    TlsOnly = 3,
}
