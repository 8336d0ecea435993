namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>The methods of Shadowsocks: those of SIP004 and those of SIP022.</summary>
internal enum ShadowsocksMethod
{
    /// <summary><c>aes-128-gcm</c></summary>
    Aes128Gcm,

    /// <summary><c>aes-256-gcm</c></summary>
    Aes256Gcm,

    /// <summary><c>chacha20-ietf-poly1305</c></summary>
    ChaCha20IetfPoly1305,

    /// <summary><c>2022-blake3-aes-128-gcm</c></summary>
    Blake3Aes128Gcm,

    /// <summary><c>2022-blake3-aes-256-gcm</c></summary>
    Blake3Aes256Gcm,

    /// <summary><c>2022-blake3-chacha20-poly1305</c></summary>
    Blake3ChaCha20Poly1305,
}
