using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>Names and sizes of the methods.</summary>
internal static class ShadowsocksMethods
{
    /// <summary>The octets of a tag.</summary>
    public const int TagLength = 16;

    /// <summary>The octets of a nonce.</summary>
    public const int NonceLength = 12;

    /// <summary>The octets of the longest key and salt.</summary>
    public const int MaxKeyLength = 32;

    private static readonly (string Name, ShadowsocksMethod Method)[] Table =
    [
        ("aes-128-gcm", ShadowsocksMethod.Aes128Gcm),
        ("aes-256-gcm", ShadowsocksMethod.Aes256Gcm),
        ("chacha20-ietf-poly1305", ShadowsocksMethod.ChaCha20IetfPoly1305),
        ("2022-blake3-aes-128-gcm", ShadowsocksMethod.Blake3Aes128Gcm),
        ("2022-blake3-aes-256-gcm", ShadowsocksMethod.Blake3Aes256Gcm),
        ("2022-blake3-chacha20-poly1305", ShadowsocksMethod.Blake3ChaCha20Poly1305),
    ];

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => Table.Select(each => each.Name);

    /// <summary>The method of a name; null for none.</summary>
    public static ShadowsocksMethod? Find(string name)
    {
        foreach ((string each, ShadowsocksMethod method) in Table)
            if (each.Equals(name, StringComparison.OrdinalIgnoreCase)) return method;
        return null;
    }

    /// <summary>The name of a method.</summary>
    public static string Name(this ShadowsocksMethod method) => Table[(int)method].Name;

    /// <summary>The octets of its key; the salt has as many.</summary>
    public static int KeyLength(this ShadowsocksMethod method) => method is ShadowsocksMethod.Aes128Gcm or ShadowsocksMethod.Blake3Aes128Gcm ? 16 : 32;

    /// <summary>Whether it is one of SIP022.</summary>
    public static bool Is2022(this ShadowsocksMethod method) => method >= ShadowsocksMethod.Blake3Aes128Gcm;

    /// <summary>Whether its AEAD is ChaCha20-Poly1305; else it is AES-GCM.</summary>
    public static bool IsChaCha(this ShadowsocksMethod method) =>
        method is ShadowsocksMethod.ChaCha20IetfPoly1305 or ShadowsocksMethod.Blake3ChaCha20Poly1305;

    /// <summary>Whether its clients can say which of several users they are (SIP023).</summary>
    public static bool HasIdentities(this ShadowsocksMethod method) => method.Is2022() && !method.IsChaCha();

    /// <summary>Whether its datagrams are spoken here.</summary>
    public static bool HasDatagrams(this ShadowsocksMethod method) => method != ShadowsocksMethod.Blake3ChaCha20Poly1305;

    /// <summary>Whether this host has it.</summary>
    public static bool IsSupported(this ShadowsocksMethod method) => method.IsChaCha() ? ChaCha20Poly1305.IsSupported : AesGcm.IsSupported;

    /// <summary>The most octets of payload in a chunk: 0x3FFF by SIP004, 0xFFFF by SIP022.</summary>
    public static int MaxChunk(this ShadowsocksMethod method) => method.Is2022() ? 0xFFFF : 0x3FFF;
}
