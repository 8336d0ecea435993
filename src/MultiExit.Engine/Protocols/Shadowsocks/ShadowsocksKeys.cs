using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>The keys of Shadowsocks: from a password (SIP004), or given as they are (SIP022), and those of a session.</summary>
internal static class ShadowsocksKeys
{
    private const string SessionContext = "shadowsocks 2022 session subkey";
    private const string IdentityContext = "shadowsocks 2022 identity subkey";
    private static readonly byte[] SubkeyInfo = Encoding.ASCII.GetBytes("ss-subkey");

    /// <summary>The key of a password: EVP_BytesToKey of OpenSSL with MD5, one round and no salt.</summary>
    public static byte[] FromPassword(ReadOnlySpan<byte> password, int length)
    {
        byte[] key = new byte[length];
        byte[] input = new byte[MD5.HashSizeInBytes + password.Length];
        password.CopyTo(input.AsSpan(MD5.HashSizeInBytes));
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        for (int filled = 0; filled < length; filled += hash.Length)
        {
            // The first hash has no other before it.
            Hash(filled == 0 ? password : input, hash);
            hash.CopyTo(input);
            hash[..Math.Min(hash.Length, length - filled)].CopyTo(key.AsSpan(filled));
        }
        CryptographicOperations.ZeroMemory(input);
        return key;
    }

    /// <summary>The key of one direction of a connection, or of a datagram.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="salt">The salt; of datagrams by SIP022 the id of their session.</param>
    /// <param name="subkey">Room for <see cref="ShadowsocksMethods.KeyLength"/> octets.</param>
    public static void DeriveSession(ShadowsocksMethod method, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, Span<byte> subkey)
    {
        if (method.Is2022()) Derive(SessionContext, key, salt, subkey);
        else HKDF.DeriveKey(HashAlgorithmName.SHA1, key, subkey, salt, SubkeyInfo);
    }

    /// <summary>The key that hides who the client is (SIP023).</summary>
    public static void DeriveIdentity(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, Span<byte> subkey) => Derive(IdentityContext, key, salt, subkey);

    /// <summary>What an identity header says of a user: the first 16 octets of BLAKE3 of its key (SIP023).</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> userKey)
    {
        byte[] hash = new byte[16];
        using Blake3.Hasher hasher = Blake3.Hasher.New();
        hasher.Update(userKey);
        hasher.Finalize(hash);
        return hash;
    }

    private static void Derive(string context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, Span<byte> subkey)
    {
        using Blake3.Hasher hasher = Blake3.Hasher.NewDeriveKey(context);
        hasher.Update(key);
        hasher.Update(salt);
        hasher.Finalize(subkey);
    }

    [SuppressMessage("Security", "CA5351", Justification = "SIP004 names MD5; nothing depends on that it has no collisions.")]
    private static void Hash(ReadOnlySpan<byte> input, Span<byte> hash) => MD5.HashData(input, hash);
}
