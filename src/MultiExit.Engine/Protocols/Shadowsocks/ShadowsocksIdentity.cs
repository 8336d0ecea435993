using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>The header by which one of several users of a server says who it is (SIP023): one block of AES.</summary>
internal static class ShadowsocksIdentity
{
    /// <summary>The octets of a header, and of the hash of a user's key.</summary>
    public const int Length = 16;

    /// <summary>Writes the header of a connection.</summary>
    /// <param name="identityKey">The server's key.</param>
    /// <param name="salt">The salt of the connection.</param>
    /// <param name="userHash">The hash of the user's key.</param>
    /// <param name="target">Room for <see cref="Length"/>.</param>
    public static void Write(ReadOnlySpan<byte> identityKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> userHash, Span<byte> target)
    {
        Span<byte> subkey = stackalloc byte[identityKey.Length];
        ShadowsocksKeys.DeriveIdentity(identityKey, salt, subkey);
        Encrypt(subkey, userHash, target);
    }

    /// <summary>Reads the header of a connection: the hash of the user's key.</summary>
    public static void Read(ReadOnlySpan<byte> identityKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> header, Span<byte> userHash)
    {
        Span<byte> subkey = stackalloc byte[identityKey.Length];
        ShadowsocksKeys.DeriveIdentity(identityKey, salt, subkey);
        Decrypt(subkey, header, userHash);
    }

    /// <summary>The header of a datagram: the hash and the datagram's separate header, mixed; and back.</summary>
    /// <param name="userHash">The hash of the user's key, or the mixture.</param>
    /// <param name="separateHeader">The separate header, as it is before it is encrypted.</param>
    /// <param name="target">Room for <see cref="Length"/>.</param>
    public static void Mix(ReadOnlySpan<byte> userHash, ReadOnlySpan<byte> separateHeader, Span<byte> target)
    {
        for (int i = 0; i < Length; i++) target[i] = (byte)(userHash[i] ^ separateHeader[i]);
    }

    /// <summary>Encrypts one block.</summary>
    public static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> block, Span<byte> target)
    {
        using Aes aes = Create(key);
        aes.EncryptEcb(block, target, PaddingMode.None);
    }

    /// <summary>Decrypts one block.</summary>
    public static void Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> block, Span<byte> target)
    {
        using Aes aes = Create(key);
        aes.DecryptEcb(block, target, PaddingMode.None);
    }

    private static Aes Create(ReadOnlySpan<byte> key)
    {
        Aes aes = Aes.Create();
        aes.SetKey(key);
        return aes;
    }
}
