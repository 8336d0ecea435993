using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;

namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>ATYP | ADDR | PORT, the tail of requests, replies and datagram headers (RFC 1928 section 5).</summary>
internal static class Socks5Address
{
    private const int PortLength = 2;

    /// <summary>The longest address, in bytes: ATYP, length, domain, port.</summary>
    public const int MaxLength = 2 + Destination.MaxDomainLength + PortLength;

    /// <summary>Reads an address.</summary>
    /// <param name="source">The bytes from ATYP on.</param>
    /// <param name="destination">The address. An IP literal in a domain field is an address; a domain is never empty and holds no
    /// NUL, blank or control character, and is valid UTF-8.</param>
    /// <param name="consumed">The length in bytes.</param>
    /// <param name="error">The server's reply to an invalid address.</param>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out Destination? destination, out int consumed, out Socks5Reply error)
    {
        destination = null;
        consumed = 0;
        error = Socks5Reply.GeneralFailure;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        int start = 1;
        int length;
        switch ((Socks5AddressType)source[0])
        {
            case Socks5AddressType.IPv4:
                length = 4;
                break;
            case Socks5AddressType.IPv6:
                length = 16;
                break;
            case Socks5AddressType.Domain:
                if (source.Length < 2) return ParseStatus.NeedMore;
                start = 2;
                length = source[1];
                break;
            default:
                error = Socks5Reply.AddressTypeNotSupported;
                return ParseStatus.Invalid;
        }
        int end = start + length + PortLength;
        if (source.Length < end) return ParseStatus.NeedMore;
        ReadOnlySpan<byte> address = source.Slice(start, length);
        int port = BinaryPrimitives.ReadUInt16BigEndian(source[(end - PortLength)..]);
        if (start == 1)
            destination = Destination.FromAddress(new IPAddress(address), port);
        else if (!Utf8.IsValid(address) || !Destination.TryFromHost(Encoding.UTF8.GetString(address), port, out destination))
            return ParseStatus.Invalid;
        consumed = end;
        return ParseStatus.Ok;
    }

    /// <summary>The length of the address in bytes as <see cref="Write(Span{byte}, Destination)"/> writes it.</summary>
    public static int GetLength(Destination destination) => destination.Address switch
    {
        null => 2 + Encoding.UTF8.GetByteCount(destination.Host) + PortLength,
        { AddressFamily: AddressFamily.InterNetwork } => 1 + 4 + PortLength,
        _ => 1 + 16 + PortLength,
    };

    /// <summary>Writes an address and returns its length.</summary>
    /// <exception cref="OverflowException">The domain is longer than 255 octets.</exception>
    public static int Write(Span<byte> target, Destination destination)
    {
        if (destination.Address is { } address) return Write(target, address, destination.Port);
        target[0] = (byte)Socks5AddressType.Domain;
        target[1] = checked((byte)Encoding.UTF8.GetByteCount(destination.Host));
        int end = 2 + Encoding.UTF8.GetBytes(destination.Host, target[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(target[end..], destination.Port);
        return end + PortLength;
    }

    /// <summary>Writes an IP address and returns its length.</summary>
    public static int Write(Span<byte> target, IPAddress address, int port)
    {
        target[0] = (byte)(address.AddressFamily == AddressFamily.InterNetwork ? Socks5AddressType.IPv4 : Socks5AddressType.IPv6);
        address.TryWriteBytes(target[1..], out int written);
        BinaryPrimitives.WriteUInt16BigEndian(target[(1 + written)..], (ushort)port);
        return 1 + written + PortLength;
    }
}
