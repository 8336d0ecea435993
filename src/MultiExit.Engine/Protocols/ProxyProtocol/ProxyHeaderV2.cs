using System.Buffers.Binary;
using System.Net;

namespace MultiExit.Engine.Protocols.ProxyProtocol;

/// <summary>Version 2 of the header: signature (12) | version and command (1) | family and protocol (1) | length (2) | addresses | TLVs
/// (proxy-protocol.txt section 2.2).</summary>
internal static class ProxyHeaderV2
{
    /// <summary>The bytes before those that the length counts.</summary>
    public const int FixedLength = 16;

    /// <summary>The longest header that is written here.</summary>
    public const int MaxWritten = FixedLength + Ipv6Length;

    private const int Ipv4Length = 12;
    private const int Ipv6Length = 36;
    private const int UnixLength = 216;
    private const byte Local = 0x20;
    private const byte Proxied = 0x21;
    private const byte Stream = 1;

    private static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <inheritdoc cref="ProxyHeader.TryRead"/>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out ProxyHeader? header, out int consumed, out string? fault)
    {
        header = null;
        consumed = 0;
        fault = null;
        int known = Math.Min(source.Length, Signature.Length);
        if (!source[..known].SequenceEqual(Signature[..known])) return Invalid("the signature of version 2 is not whole", out fault);
        if (source.Length < 13) return ParseStatus.NeedMore;
        if ((source[12] & 0xF0) != 0x20) return Invalid($"version {source[12] >> 4} behind the signature of version 2", out fault);
        if (source[12] is not (Local or Proxied)) return Invalid($"the command {source[12] & 0x0F} is not assigned", out fault);
        if (source.Length < 14) return ParseStatus.NeedMore;
        // LOCAL discards the family with all that follows it.
        if (source[12] == Proxied && (source[13] >> 4 > 3 || (source[13] & 0x0F) > 2))
            return Invalid($"the family and protocol 0x{source[13]:x2} is not assigned", out fault);
        if (source.Length < FixedLength) return ParseStatus.NeedMore;
        int length = BinaryPrimitives.ReadUInt16BigEndian(source[14..]);
        // Whatever the length, an address block that does not fit into it is a fault that no more bytes mend.
        int addresses = source[12] == Proxied ? AddressLength(source[13] >> 4) : 0;
        if (length < addresses) return Invalid($"the announced length is {length}, and the addresses take {addresses}", out fault);
        if (source.Length < FixedLength + length) return ParseStatus.NeedMore;
        ReadOnlySpan<byte> whole = source[..(FixedLength + length)];
        ParseStatus status = source[12] == Local || source[13] >> 4 == 0 ? Nothing(out header) : Read(whole, addresses, out header, out fault);
        if (status == ParseStatus.Ok) consumed = whole.Length;
        return status;
    }

    /// <inheritdoc cref="ProxyHeader.Missing"/>
    public static int Missing(ReadOnlySpan<byte> source) =>
        (source.Length < FixedLength ? FixedLength : FixedLength + BinaryPrimitives.ReadUInt16BigEndian(source[14..])) - source.Length;

    /// <summary>Writes a header and returns its length.</summary>
    /// <param name="target">At least <see cref="MaxWritten"/> bytes.</param>
    /// <param name="source">The client; null: the connection is this program's own, and LOCAL is written.</param>
    /// <param name="destination">Where the connection goes to.</param>
    public static int Write(Span<byte> target, IPEndPoint? source, IPEndPoint? destination)
    {
        Signature.CopyTo(target);
        if (source is null || destination is null)
        {
            target[12] = Local;
            target[13..FixedLength].Clear();
            return FixedLength;
        }
        (IPAddress from, IPAddress to) = ProxyAddresses.OfOneFamily(source.Address, destination.Address);
        bool isV4 = ProxyAddresses.IsIPv4(from);
        int size = isV4 ? 4 : 16;
        target[12] = Proxied;
        target[13] = (byte)((isV4 ? 0x10 : 0x20) | Stream);
        BinaryPrimitives.WriteUInt16BigEndian(target[14..], (ushort)((2 * size) + 4));
        from.TryWriteBytes(target[FixedLength..], out _);
        to.TryWriteBytes(target[(FixedLength + size)..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(target[(FixedLength + (2 * size))..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(target[(FixedLength + (2 * size) + 2)..], (ushort)destination.Port);
        return FixedLength + (2 * size) + 4;
    }

    private static ParseStatus Read(ReadOnlySpan<byte> whole, int addresses, out ProxyHeader? header, out string? fault)
    {
        header = null;
        if (!ProxyTlvs.TryRead(whole, FixedLength + addresses, out string? authority, out string? uniqueId, out fault)) return ParseStatus.Invalid;
        // Datagrams and Unix sockets are valid, and have no addresses of a TCP connection: as UNSPEC then (section 2.2).
        header = (whole[13] & 0x0F) == Stream && addresses != UnixLength ? Addresses(whole[FixedLength..], addresses == Ipv4Length ? 4 : 16) : new();
        header = header with { Authority = authority, UniqueId = uniqueId };
        return ParseStatus.Ok;
    }

    private static ProxyHeader Addresses(ReadOnlySpan<byte> block, int size) => new(
        new IPEndPoint(ProxyAddresses.Plain(new IPAddress(block[..size])), BinaryPrimitives.ReadUInt16BigEndian(block[(2 * size)..])),
        new IPEndPoint(ProxyAddresses.Plain(new IPAddress(block[size..(2 * size)])), BinaryPrimitives.ReadUInt16BigEndian(block[((2 * size) + 2)..])));

    private static int AddressLength(int family) => family switch
    {
        1 => Ipv4Length,
        2 => Ipv6Length,
        3 => UnixLength,
        _ => 0,
    };

    private static ParseStatus Nothing(out ProxyHeader? header)
    {
        header = new();
        return ParseStatus.Ok;
    }

    private static ParseStatus Invalid(string reason, out string? fault)
    {
        fault = reason;
        return ParseStatus.Invalid;
    }
}
