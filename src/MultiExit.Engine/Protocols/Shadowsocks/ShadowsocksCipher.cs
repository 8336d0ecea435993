using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>The AEAD of one direction of a connection, or of one datagram. Its nonce counts up from 0, little-endian (SIP004 and SIP022). Not
/// thread-safe.</summary>
internal sealed class ShadowsocksCipher : IDisposable
{
    private readonly byte[] _nonce = new byte[ShadowsocksMethods.NonceLength];
    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chaCha;

    /// <param name="method">The method.</param>
    /// <param name="subkey">The key of the session.</param>
    public ShadowsocksCipher(ShadowsocksMethod method, ReadOnlySpan<byte> subkey)
    {
        if (method.IsChaCha()) _chaCha = new(subkey);
        else _aes = new(subkey, ShadowsocksMethods.TagLength);
    }

    /// <summary>The cipher of one direction of a connection, or of a datagram.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="salt">The salt; of datagrams by SIP022 the id of their session.</param>
    public static ShadowsocksCipher OfSession(ShadowsocksMethod method, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        Span<byte> subkey = stackalloc byte[ShadowsocksMethods.MaxKeyLength];
        subkey = subkey[..method.KeyLength()];
        ShadowsocksKeys.DeriveSession(method, key, salt, subkey);
        ShadowsocksCipher cipher = new(method, subkey);
        CryptographicOperations.ZeroMemory(subkey);
        return cipher;
    }

    /// <summary>The cipher of a session of datagrams by SIP022.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="session">The id of the session.</param>
    public static ShadowsocksCipher OfSession(ShadowsocksMethod method, ReadOnlySpan<byte> key, ulong session)
    {
        Span<byte> salt = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(salt, session);
        return OfSession(method, key, salt);
    }

    /// <summary>Seals what may stand at the same place; the tag comes behind it.</summary>
    /// <returns>The octets of both.</returns>
    public int Seal(ReadOnlySpan<byte> plaintext, Span<byte> target)
    {
        Seal(_nonce, plaintext, target);
        Count();
        return plaintext.Length + ShadowsocksMethods.TagLength;
    }

    /// <summary>Seals with a nonce of the caller's.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> target)
    {
        Span<byte> ciphertext = target[..plaintext.Length];
        Span<byte> tag = target.Slice(plaintext.Length, ShadowsocksMethods.TagLength);
        if (_aes is not null) _aes.Encrypt(nonce, plaintext, ciphertext, tag);
        else _chaCha!.Encrypt(nonce, plaintext, ciphertext, tag);
    }

    /// <summary>Opens what has its tag behind it; the plaintext may stand at the same place.</summary>
    /// <returns>False when the tag is wrong.</returns>
    public bool TryOpen(ReadOnlySpan<byte> sealedText, Span<byte> plaintext)
    {
        if (!TryOpen(_nonce, sealedText, plaintext)) return false;
        Count();
        return true;
    }

    /// <summary>Opens with a nonce of the caller's.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plaintext)
    {
        ReadOnlySpan<byte> ciphertext = sealedText[..^ShadowsocksMethods.TagLength];
        ReadOnlySpan<byte> tag = sealedText[^ShadowsocksMethods.TagLength..];
        try
        {
            if (_aes is not null) _aes.Decrypt(nonce, ciphertext, tag, plaintext[..ciphertext.Length]);
            else _chaCha!.Decrypt(nonce, ciphertext, tag, plaintext[..ciphertext.Length]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
    }

    private void Count()
    {
        for (int i = 0; i < _nonce.Length && ++_nonce[i] == 0; i++)
        {
        }
    }
}
