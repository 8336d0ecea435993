namespace MultiExit.Engine.Protocols.Ech;

/// <summary>A pair of HPKE algorithms (RFC 9849 section 4).</summary>
/// <param name="Kdf">The key derivation, RFC 9180 section 7.2.</param>
/// <param name="Aead">The encryption, RFC 9180 section 7.3.</param>
public readonly record struct EchCipherSuite(ushort Kdf, ushort Aead)
{
    /// <summary>The suite of the configs made here. One suite only: a server on NSS tries the first suite of its config alone.</summary>
    public static EchCipherSuite Default { get; } = new(EchWire.KdfHkdfSha256, EchWire.AeadAes128Gcm);

    /// <summary>Whether this is HKDF-SHA256 with an encryption that TLS libraries have.</summary>
    public bool IsKnown => Kdf == EchWire.KdfHkdfSha256
        && Aead is EchWire.AeadAes128Gcm or EchWire.AeadAes256Gcm or EchWire.AeadChaCha20Poly1305;

    /// <summary>The names of the algorithms, or their numbers: <c>HKDF-SHA256/AES-128-GCM</c>.</summary>
    public override string ToString()
    {
        string kdf = Kdf switch
        {
            EchWire.KdfHkdfSha256 => "HKDF-SHA256",
            0x0002 => "HKDF-SHA384",
            0x0003 => "HKDF-SHA512",
            _ => $"0x{Kdf:x4}",
        };
        string aead = Aead switch
        {
            EchWire.AeadAes128Gcm => "AES-128-GCM",
            EchWire.AeadAes256Gcm => "AES-256-GCM",
            EchWire.AeadChaCha20Poly1305 => "ChaCha20-Poly1305",
            _ => $"0x{Aead:x4}",
        };
        return $"{kdf}/{aead}";
    }
}
