using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>AEAD, HMAC, frame number and re-keying of one direction. Not thread-safe.</summary>
/// <remarks>It allocates only once per key epoch: the AEAD and the HMAC keep their keys set up. HMAC is an
/// <see cref="IncrementalHash"/>: measured, it takes a third of the time of the one-shot call for so short a message.</remarks>
internal sealed class TunnelFrameCipher : IDisposable
{
    private readonly bool _isAes;
    private readonly TunnelKeys _keys;
    private readonly ulong _rekeyInterval;
    private readonly byte[] _nonce = new byte[TunnelKeys.NonceLength];
    private AesGcm? _aes;
    private ChaCha20Poly1305? _chaCha;
    private IncrementalHash _hmac;
    private ulong _framesLeft;
    private ulong _number;
    private ulong _nextNumber;

    private TunnelFrameCipher(TunnelMethod method, TunnelKeys keys, ulong rekeyInterval)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rekeyInterval);
        _isAes = method == TunnelMethod.Aes256Gcm;
        _keys = keys;
        _rekeyInterval = rekeyInterval;
        _framesLeft = rekeyInterval;
        _hmac = SetKeys();
    }

    /// <summary>Creates the cipher of a direction; null for <see cref="TunnelMethod.TlsOnly"/>, which has none.</summary>
    /// <param name="method">The method.</param>
    /// <param name="keys">The first keys; they belong to the cipher from here on. May be null for a method without a cipher.</param>
    /// <param name="rekeyInterval">Frames an epoch; both ends must use the same.</param>
    public static TunnelFrameCipher? Create(TunnelMethod method, TunnelKeys? keys, ulong rekeyInterval)
    {
        if (method is TunnelMethod.ChaCha20Poly1305 or TunnelMethod.Aes256Gcm) return new(method, keys!, rekeyInterval);
        keys?.Dispose();
        return method == TunnelMethod.TlsOnly ? null : throw new ArgumentOutOfRangeException(nameof(method));
    }

    /// <summary>True when the platform has the method.</summary>
    public static bool IsSupported(TunnelMethod method) => method switch
    {
        TunnelMethod.ChaCha20Poly1305 => ChaCha20Poly1305.IsSupported,
        TunnelMethod.Aes256Gcm => AesGcm.IsSupported,
        TunnelMethod.TlsOnly => true,
        _ => false,
    };

    /// <summary>Goes on to the next frame. The number counts as used from here on, even when the frame fails.</summary>
    public void BeginFrame()
    {
        if (_framesLeft == 0)
        {
            _keys.Advance();
            _hmac.Dispose();
            _hmac = SetKeys();
            _framesLeft = _rekeyInterval;
        }
        _framesLeft--;
        _number = checked(_nextNumber++);
        _keys.WriteNonce(_nonce, _number);
    }

    /// <summary>Encrypts. The ciphertext may be at the place of the plaintext, but must not overlap it otherwise.</summary>
    public void Encrypt(ReadOnlySpan<byte> header, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        if (_isAes) _aes!.Encrypt(_nonce, plaintext, ciphertext, tag, header);
        else _chaCha!.Encrypt(_nonce, plaintext, ciphertext, tag, header);
    }

    /// <summary>Decrypts; the places as with <see cref="Encrypt"/>.</summary>
    /// <returns>False when the tag is wrong; the plaintext is cleared then.</returns>
    public bool TryDecrypt(ReadOnlySpan<byte> header, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        try
        {
            if (_isAes) _aes!.Decrypt(_nonce, ciphertext, tag, plaintext, header);
            else _chaCha!.Decrypt(_nonce, ciphertext, tag, plaintext, header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>The HMAC of the frame, 4 bytes, over the number, the header and the AEAD's tag. The tag binds every byte of the body.</summary>
    public void ComputeMac(ReadOnlySpan<byte> header, ReadOnlySpan<byte> tag, Span<byte> mac)
    {
        Span<byte> message = stackalloc byte[sizeof(ulong) + TunnelWire.HeaderLength + TunnelWire.TagLength];
        BinaryPrimitives.WriteUInt64BigEndian(message, _number);
        header.CopyTo(message[sizeof(ulong)..]);
        tag.CopyTo(message[(sizeof(ulong) + TunnelWire.HeaderLength)..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _hmac.AppendData(message);
        _hmac.GetHashAndReset(full);
        full[..TunnelWire.MacLength].CopyTo(mac);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
        _hmac.Dispose();
        _keys.Dispose();
    }

    private IncrementalHash SetKeys()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
        if (_isAes) _aes = new(_keys.EncryptionKey, TunnelWire.TagLength);
        else _chaCha = new(_keys.EncryptionKey);
        return IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _keys.AuthenticationKey);
    }
}
