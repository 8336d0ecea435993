using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The pre-shared key: the master key, and the key that authenticates handshakes. Never printed.</summary>
internal sealed class TunnelPsk : IDisposable
{
    public const int KeyLength = 32;

    private static ReadOnlySpan<byte> Base64Prefix => "base64:"u8;
    private static ReadOnlySpan<byte> HandshakeInfo => "multiexit tunnel v1 handshake"u8;

    private readonly byte[] _master = new byte[KeyLength];
    private readonly byte[] _handshakeKey = new byte[KeyLength];

    private TunnelPsk()
    {
    }

    /// <summary>The input of the key derivation for frames.</summary>
    public ReadOnlySpan<byte> Master => _master;

    /// <summary>Authentication key 0.</summary>
    public ReadOnlySpan<byte> HandshakeKey => _handshakeKey;

    /// <summary>Reads a key as it stands in a configuration.</summary>
    /// <param name="text">UTF-8: any text (its SHA-256 is the master key), or <c>base64:</c> and exactly 32 bytes in padded base64.</param>
    /// <param name="psk">The key.</param>
    /// <returns>False when the text is empty, or is not 32 bytes after <c>base64:</c>.</returns>
    public static bool TryCreate(ReadOnlySpan<byte> text, [NotNullWhen(true)] out TunnelPsk? psk)
    {
        psk = null;
        if (text.IsEmpty) return false;
        var created = new TunnelPsk();
        if (!text.StartsWith(Base64Prefix))
        {
            SHA256.HashData(text, created._master);
        }
        else
        {
            // The length is checked as well because the decoder skips white space.
            ReadOnlySpan<byte> encoded = text[Base64Prefix.Length..];
            if (encoded.Length != Base64.GetMaxEncodedToUtf8Length(KeyLength)
                || Base64.DecodeFromUtf8(encoded, created._master, out int consumed, out int written) != OperationStatus.Done
                || consumed != encoded.Length || written != KeyLength)
            {
                created.Dispose();
                return false;
            }
        }
        HKDF.DeriveKey(HashAlgorithmName.SHA256, created._master, created._handshakeKey, salt: [], HandshakeInfo);
        psk = created;
        return true;
    }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    /// <summary>Clears the keys.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_master);
        CryptographicOperations.ZeroMemory(_handshakeKey);
    }
}
