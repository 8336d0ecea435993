using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The keys of one direction: encryption 32 | authentication 32 | IV seed 16. Never printed.</summary>
internal sealed class TunnelKeys : IDisposable
{
    public const int NonceLength = 12;

    private const int KeyLength = 32;
    private const int Length = 80;

    private static ReadOnlySpan<byte> ClientToServerInfo => "multiexit tunnel v1 c2s"u8;
    private static ReadOnlySpan<byte> ServerToClientInfo => "multiexit tunnel v1 s2c"u8;
    private static ReadOnlySpan<byte> RekeyInfo => "multiexit tunnel v1 rekey"u8;

    private readonly byte[] _material = new byte[Length];

    /// <summary>Derives the first keys of a direction from the randoms of both handshake messages.</summary>
    public TunnelKeys(TunnelPsk psk, UInt128 clientRandom, UInt128 serverRandom, TunnelDirection direction)
    {
        Span<byte> salt = stackalloc byte[2 * TunnelHandshake.RandomLength];
        BinaryPrimitives.WriteUInt128BigEndian(salt, clientRandom);
        BinaryPrimitives.WriteUInt128BigEndian(salt[TunnelHandshake.RandomLength..], serverRandom);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, psk.Master, _material, salt,
            direction == TunnelDirection.ClientToServer ? ClientToServerInfo : ServerToClientInfo);
    }

    public ReadOnlySpan<byte> EncryptionKey => _material.AsSpan(0, KeyLength);

    public ReadOnlySpan<byte> AuthenticationKey => _material.AsSpan(KeyLength, KeyLength);

    private ReadOnlySpan<byte> IVSeed => _material.AsSpan(2 * KeyLength);

    /// <summary>Replaces the keys by the next ones. The old ones cannot be found from the new.</summary>
    public void Advance()
    {
        Span<byte> next = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _material, next, salt: [], RekeyInfo);
        next.CopyTo(_material);
        CryptographicOperations.ZeroMemory(next);
    }

    /// <summary>The nonce of frame <paramref name="number"/>: the first 12 bytes of the IV seed XOR (4 zero bytes, number).</summary>
    public void WriteNonce(Span<byte> nonce, ulong number)
    {
        IVSeed[..NonceLength].CopyTo(nonce);
        Span<byte> tail = nonce[4..NonceLength];
        BinaryPrimitives.WriteUInt64BigEndian(tail, BinaryPrimitives.ReadUInt64BigEndian(tail) ^ number);
    }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    /// <summary>Clears the keys.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_material);
}
