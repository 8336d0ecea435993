namespace MultiExit.Engine.Protocols.Ech;

/// <summary>Numbers of RFC 9849, and of the HPKE registry (RFC 9180 section 7).</summary>
internal static class EchWire
{
    /// <summary>The version of an ECHConfig, and the type of the ClientHello's extension (RFC 9849 sections 4 and 5).</summary>
    public const ushort Version = 0xfe0d;

    /// <summary>DHKEM(X25519, HKDF-SHA256).</summary>
    public const ushort KemX25519 = 0x0020;

    /// <summary>The length of an X25519 key, public or private, in bytes.</summary>
    public const int KeyLength = 32;

    public const ushort KdfHkdfSha256 = 0x0001;

    public const ushort AeadAes128Gcm = 0x0001;
    public const ushort AeadAes256Gcm = 0x0002;
    public const ushort AeadChaCha20Poly1305 = 0x0003;

    /// <summary>The bit of an extension's type that makes it mandatory: a client that does not know the extension must not use the config
    /// (RFC 9849 section 4.2).</summary>
    public const ushort MandatoryBit = 0x8000;

    /// <summary>The name of a KEM, or its number.</summary>
    public static string KemName(ushort kem) => kem switch
    {
        0x0010 => "P-256",
        0x0011 => "P-384",
        0x0012 => "P-521",
        KemX25519 => "X25519",
        0x0021 => "X448",
        _ => $"0x{kem:x4}",
    };
}
