using System.Buffers.Binary;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Protocols.Shadowsocks;

/// <summary>The headers of a connection by SIP022 section 3.1, as they are before they are sealed. A request: type 0 | time | length, and in a second
/// chunk of that length address | padding length | padding | first payload. A response: type 1 | time | salt of the request | length.</summary>
internal static class Shadowsocks2022Header
{
    /// <summary>The octets of a request's first chunk.</summary>
    public const int RequestLength = TimeEnd + sizeof(ushort);

    /// <summary>The most octets of padding.</summary>
    public const int MaxPadding = 900;

    /// <summary>The octets that the second chunk has at most beside padding and payload.</summary>
    public const int MaxAddressLength = Socks5Address.MaxLength + sizeof(ushort);

    private const byte Request = 0;
    private const byte Response = 1;
    private const int TimeEnd = 1 + sizeof(ulong);

    /// <summary>How far the clocks of both ends may be apart.</summary>
    public static TimeSpan MaxSkew { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The octets of a response's first chunk.</summary>
    public static int ResponseLength(ShadowsocksMethod method) => RequestLength + method.KeyLength();

    /// <summary>Writes a request's first chunk.</summary>
    /// <param name="target">Room for <see cref="RequestLength"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="length">The octets of the second chunk.</param>
    public static void WriteRequest(Span<byte> target, DateTimeOffset now, int length)
    {
        WriteStart(target, Request, now);
        BinaryPrimitives.WriteUInt16BigEndian(target[TimeEnd..], checked((ushort)length));
    }

    /// <summary>Reads a request's first chunk.</summary>
    /// <param name="source"><see cref="RequestLength"/> octets.</param>
    /// <param name="seconds">The client's time, in seconds since 1970.</param>
    /// <param name="length">The octets of the second chunk.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryReadRequest(ReadOnlySpan<byte> source, out ulong seconds, out int length)
    {
        length = BinaryPrimitives.ReadUInt16BigEndian(source[TimeEnd..]);
        return TryReadStart(source, Request, out seconds);
    }

    /// <summary>Writes a request's second chunk and returns its length.</summary>
    /// <param name="target">Room for the padding, the payload and <see cref="MaxAddressLength"/>.</param>
    /// <param name="address">The target's address.</param>
    /// <param name="padding">The octets of padding, 0 to <see cref="MaxPadding"/>; not 0 where there is no payload.</param>
    /// <param name="payload">The first bytes of the client.</param>
    public static int WriteAddress(Span<byte> target, Destination address, int padding, ReadOnlySpan<byte> payload)
    {
        int length = Socks5Address.Write(target, address);
        BinaryPrimitives.WriteUInt16BigEndian(target[length..], (ushort)padding);
        length += sizeof(ushort);
        target.Slice(length, padding).Clear();
        length += padding;
        payload.CopyTo(target[length..]);
        return length + payload.Length;
    }

    /// <summary>Reads a request's second chunk.</summary>
    /// <param name="source">All of it.</param>
    /// <param name="address">The target's address.</param>
    /// <param name="payload">The first bytes of the client.</param>
    /// <returns>False when the address is malformed, the padding is longer than allowed or than the chunk, or there is neither padding nor
    /// payload.</returns>
    public static bool TryReadAddress(ReadOnlySpan<byte> source, out Destination? address, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (Socks5Address.TryRead(source, out address, out int consumed, out _) != ParseStatus.Ok) return false;
        source = source[consumed..];
        if (!BinaryPrimitives.TryReadUInt16BigEndian(source, out ushort padding) || padding > MaxPadding) return false;
        source = source[sizeof(ushort)..];
        if (padding > source.Length || (padding == 0 && source.IsEmpty)) return false;
        payload = source[padding..];
        return true;
    }

    /// <summary>Writes a response's first chunk.</summary>
    /// <param name="target">Room for <see cref="ResponseLength"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="requestSalt">The salt of the request.</param>
    /// <param name="length">The octets of the first payload.</param>
    public static void WriteResponse(Span<byte> target, DateTimeOffset now, ReadOnlySpan<byte> requestSalt, int length)
    {
        WriteStart(target, Response, now);
        requestSalt.CopyTo(target[TimeEnd..]);
        BinaryPrimitives.WriteUInt16BigEndian(target[(TimeEnd + requestSalt.Length)..], checked((ushort)length));
    }

    /// <summary>Reads a response's first chunk.</summary>
    /// <param name="source">All of it.</param>
    /// <param name="requestSalt">The salt that the request had.</param>
    /// <param name="seconds">The server's time, in seconds since 1970.</param>
    /// <param name="length">The octets of the first payload.</param>
    /// <returns>False when it is none, or answers another request.</returns>
    public static bool TryReadResponse(ReadOnlySpan<byte> source, ReadOnlySpan<byte> requestSalt, out ulong seconds, out int length)
    {
        length = BinaryPrimitives.ReadUInt16BigEndian(source[(TimeEnd + requestSalt.Length)..]);
        return TryReadStart(source, Response, out seconds) && source.Slice(TimeEnd, requestSalt.Length).SequenceEqual(requestSalt);
    }

    /// <summary>Whether a peer's time is near enough.</summary>
    public static bool IsNear(ulong seconds, DateTimeOffset now) =>
        seconds <= long.MaxValue && Math.Abs((long)seconds - now.ToUnixTimeSeconds()) <= (long)MaxSkew.TotalSeconds;

    private static void WriteStart(Span<byte> target, byte type, DateTimeOffset now)
    {
        target[0] = type;
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], (ulong)now.ToUnixTimeSeconds());
    }

    private static bool TryReadStart(ReadOnlySpan<byte> source, byte type, out ulong seconds)
    {
        seconds = BinaryPrimitives.ReadUInt64BigEndian(source[1..]);
        return source[0] == type;
    }
}
