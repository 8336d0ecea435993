using System.Buffers;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>Makes the octets of one direction of a connection. What begins it (salt and headers) leaves together with the first bytes. Not
/// thread-safe.</summary>
internal sealed class ShadowsocksSealer : IDisposable
{
    // So many of SIP004's chunks, or one of SIP022's, leave in one write.
    private const int MaxPayload = 0xFFFF;

    private readonly ShadowsocksMethod _method;
    private readonly TimeProvider _time;
    private readonly ShadowsocksCipher _cipher;
    private readonly byte[] _salt;
    private readonly byte[]? _requestSalt;
    private bool _begun;

    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="time">The clock.</param>
    /// <param name="requestSalt">The salt of the request, for the direction of a server; null for that of a client.</param>
    public ShadowsocksSealer(ShadowsocksMethod method, ReadOnlySpan<byte> key, TimeProvider time, byte[]? requestSalt)
    {
        _method = method;
        _time = time;
        _requestSalt = requestSalt;
        _salt = RandomNumberGenerator.GetBytes(method.KeyLength());
        _cipher = ShadowsocksCipher.OfSession(method, key, _salt);
    }

    /// <summary>The salt of the direction.</summary>
    public byte[] Salt => _salt;

    /// <summary>Makes the beginning of a client's direction.</summary>
    /// <param name="secret">The keys.</param>
    /// <param name="destination">The target.</param>
    /// <param name="first">The client's first bytes; as many as fit are taken.</param>
    /// <param name="target">Takes the octets.</param>
    /// <returns>How many of the first bytes were taken.</returns>
    public int Request(ShadowsocksSecret secret, Destination destination, ReadOnlySpan<byte> first, IBufferWriter<byte> target)
    {
        _begun = true;
        target.Write(_salt);
        if (!_method.Is2022())
        {
            int taken = Math.Min(first.Length, _method.MaxChunk() - Socks5Address.MaxLength);
            Span<byte> head = new byte[Socks5Address.MaxLength + taken];
            int length = Socks5Address.Write(head, destination);
            first[..taken].CopyTo(head[length..]);
            Chunk(head[..(length + taken)], target);
            return taken;
        }
        for (int i = 0; i < secret.Identities.Count; i++)
        {
            ShadowsocksIdentity.Write(secret.Identities[i], _salt, secret.Hashes[i], target.GetSpan(ShadowsocksIdentity.Length));
            target.Advance(ShadowsocksIdentity.Length);
        }
        int fits = Math.Min(first.Length, _method.MaxChunk() - Shadowsocks2022Header.MaxAddressLength - Shadowsocks2022Header.MaxPadding);
        int padding = fits == 0 ? RandomNumberGenerator.GetInt32(1, Shadowsocks2022Header.MaxPadding + 1) : 0;
        Span<byte> second = new byte[Shadowsocks2022Header.MaxAddressLength + padding + fits];
        second = second[..Shadowsocks2022Header.WriteAddress(second, destination, padding, first[..fits])];
        Span<byte> fixedPart = stackalloc byte[Shadowsocks2022Header.RequestLength];
        Shadowsocks2022Header.WriteRequest(fixedPart, _time.GetUtcNow(), second.Length);
        Sealed(fixedPart, target);
        Sealed(second, target);
        return fits;
    }

    /// <summary>Seals bytes, behind what begins the direction where they are the first ones.</summary>
    /// <returns>How many were taken.</returns>
    public int Seal(ReadOnlySpan<byte> bytes, IBufferWriter<byte> target)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxPayload)];
        int taken = bytes.Length;
        if (!_begun) bytes = bytes[Respond(bytes, target)..];
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, _method.MaxChunk());
            Chunk(bytes[..length], target);
            bytes = bytes[length..];
        }
        return taken;
    }

    public void Dispose() => _cipher.Dispose();

    // The beginning of a server's direction; by SIP022 the first bytes have their length in its header.
    private int Respond(ReadOnlySpan<byte> bytes, IBufferWriter<byte> target)
    {
        _begun = true;
        target.Write(_salt);
        if (!_method.Is2022()) return 0;
        Span<byte> header = stackalloc byte[Shadowsocks2022Header.RequestLength + ShadowsocksMethods.MaxKeyLength];
        header = header[..Shadowsocks2022Header.ResponseLength(_method)];
        Shadowsocks2022Header.WriteResponse(header, _time.GetUtcNow(), _requestSalt, bytes.Length);
        Sealed(header, target);
        Sealed(bytes, target);
        return bytes.Length;
    }

    private void Chunk(ReadOnlySpan<byte> payload, IBufferWriter<byte> target) =>
        target.Advance(ShadowsocksChunk.Seal(_cipher, payload, target.GetSpan(payload.Length + ShadowsocksChunk.Overhead)));

    private void Sealed(ReadOnlySpan<byte> plaintext, IBufferWriter<byte> target) =>
        target.Advance(_cipher.Seal(plaintext, target.GetSpan(plaintext.Length + ShadowsocksMethods.TagLength)));
}
