using System.Buffers.Binary;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>A datagram by SIP022 section 3.2, with the methods that have AES: separate header (id of the session, number of the datagram),
/// encrypted | identity header (SIP023) where the server has users | AEAD(type | time | [id of the client's session] | padding length | padding |
/// address | payload).</summary>
internal static class Shadowsocks2022Packet
{
    /// <summary>The octets of the separate header.</summary>
    public const int HeaderLength = 16;

    /// <summary>The octets that a datagram has at most beside its payload and padding.</summary>
    public const int MaxOverhead =
        HeaderLength + ShadowsocksIdentity.Length + ServerStart + sizeof(ushort) + Socks5Address.MaxLength + ShadowsocksMethods.TagLength;

    private const byte FromClient = 0;
    private const byte FromServer = 1;
    private const int ClientStart = 1 + sizeof(ulong);
    private const int ServerStart = ClientStart + sizeof(ulong);

    // The last 12 octets of the separate header are the nonce.
    private const int NonceStart = HeaderLength - ShadowsocksMethods.NonceLength;

    /// <summary>Reads the separate header.</summary>
    /// <param name="headerKey">The key of the server: that of identities, where it has users.</param>
    /// <param name="source">The datagram.</param>
    /// <param name="header">Gets the header as it is.</param>
    /// <returns>False when the datagram is too short.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> headerKey, ReadOnlySpan<byte> source, Span<byte> header)
    {
        if (source.Length < HeaderLength + ClientStart + ShadowsocksMethods.TagLength) return false;
        ShadowsocksIdentity.Decrypt(headerKey, source[..HeaderLength], header);
        return true;
    }

    /// <summary>The id of the session that a separate header says.</summary>
    public static ulong SessionOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64BigEndian(header);

    /// <summary>The number of the datagram that a separate header says.</summary>
    public static ulong NumberOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64BigEndian(header[sizeof(ulong)..]);

    /// <summary>Seals a datagram and returns its length.</summary>
    /// <param name="keys">The keys and the ids.</param>
    /// <param name="number">The number of the datagram in its session.</param>
    /// <param name="now">The time.</param>
    /// <param name="padding">The octets of padding.</param>
    /// <param name="address">Where it goes, or comes from.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="target">Room for payload, padding and <see cref="MaxOverhead"/>.</param>
    public static int Seal(
        in Shadowsocks2022Session keys, ulong number, DateTimeOffset now, int padding, Destination address, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteUInt64BigEndian(header, keys.Id);
        BinaryPrimitives.WriteUInt64BigEndian(header[sizeof(ulong)..], number);
        ShadowsocksIdentity.Encrypt(keys.HeaderKey, header, target);
        int start = HeaderLength;
        if (!keys.UserHash.IsEmpty)
        {
            Span<byte> mixed = stackalloc byte[ShadowsocksIdentity.Length];
            ShadowsocksIdentity.Mix(keys.UserHash, header, mixed);
            ShadowsocksIdentity.Encrypt(keys.HeaderKey, mixed, target[start..]);
            start += ShadowsocksIdentity.Length;
        }
        Span<byte> body = target[start..];
        body[0] = keys.ClientId is null ? FromClient : FromServer;
        BinaryPrimitives.WriteUInt64BigEndian(body[1..], (ulong)now.ToUnixTimeSeconds());
        int length = ClientStart;
        if (keys.ClientId is { } client)
        {
            BinaryPrimitives.WriteUInt64BigEndian(body[length..], client);
            length = ServerStart;
        }
        BinaryPrimitives.WriteUInt16BigEndian(body[length..], (ushort)padding);
        length += sizeof(ushort);
        body.Slice(length, padding).Clear();
        length += padding;
        length += Socks5Address.Write(body[length..], address);
        payload.CopyTo(body[length..]);
        length += payload.Length;
        keys.Cipher.Seal(header[NonceStart..], body[..length], body);
        return start + length + ShadowsocksMethods.TagLength;
    }

    /// <summary>Opens the body of a datagram.</summary>
    /// <param name="cipher">The cipher of the session.</param>
    /// <param name="header">The separate header.</param>
    /// <param name="body">What follows it, and the identity header.</param>
    /// <param name="target">Room for as many octets.</param>
    /// <param name="opened">What it says.</param>
    /// <param name="payload">The payload, in the room.</param>
    /// <returns>False when it is not of this session, or malformed.</returns>
    public static bool TryOpen(
        ShadowsocksCipher cipher, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, Span<byte> target, out Shadowsocks2022Opened opened,
        out ReadOnlySpan<byte> payload)
    {
        opened = default;
        payload = default;
        int length = body.Length - ShadowsocksMethods.TagLength;
        if (length < ClientStart || !cipher.TryOpen(header[NonceStart..], body, target)) return false;
        ReadOnlySpan<byte> plain = target[..length];
        bool fromServer = plain[0] == FromServer;
        if (plain[0] > FromServer || (fromServer && length < ServerStart)) return false;
        ulong seconds = BinaryPrimitives.ReadUInt64BigEndian(plain[1..]);
        ulong? client = fromServer ? BinaryPrimitives.ReadUInt64BigEndian(plain[ClientStart..]) : null;
        WireReader reader = new(plain[(fromServer ? ServerStart : ClientStart)..]);
        if (!reader.TryReadVector16(out _)) return false;
        if (Socks5Address.TryRead(reader.Rest, out Destination? address, out int consumed, out _) != ParseStatus.Ok) return false;
        opened = new(seconds, client, address!);
        payload = reader.Rest[consumed..];
        return true;
    }
}
