using System.Security.Cryptography;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>X25519 keys (RFC 7748); the arithmetic is libcrypto's.</summary>
internal static class X25519Key
{
    /// <summary>Makes a private key, 32 bytes.</summary>
    public static byte[] NewPrivateKey()
    {
        byte[] key = RandomNumberGenerator.GetBytes(EchWire.KeyLength);
        // The form that every use gives it anyway (RFC 7748 section 5), for libraries that expect it.
        key[0] &= 0xf8;
        key[^1] = (byte)(key[^1] & 0x7f | 0x40);
        return key;
    }

    /// <summary>The public key that belongs to a private one.</summary>
    /// <exception cref="ProxyException">There is no libcrypto (<see cref="ProxyError.MissingLibrary"/>).</exception>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey)
    {
        byte[] key = new byte[EchWire.KeyLength];
        Libcrypto.Instance.DeriveX25519(privateKey, key);
        return key;
    }
}
