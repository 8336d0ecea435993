using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>address type 1 | address length 1 | address | port 2; the types are those of SOCKS5.</summary>
internal static class TunnelAddress
{
    /// <summary>The longest address in bytes.</summary>
    public const int MaxLength = 2 + Destination.MaxDomainLength + PortLength;

    private const int PortLength = 2;

    /// <summary>Reads an address from the start of a payload.</summary>
    /// <param name="source">The payload from the address type on; payloads are whole, so missing bytes never come.</param>
    /// <param name="destination">The address. An IP literal in a domain is an address; a domain is never empty, is valid UTF-8 and
    /// holds no blank or control character.</param>
    /// <param name="consumed">The length in bytes.</param>
    /// <param name="error">The reply to the far client when it is not an address.</param>
    public static bool TryRead(ReadOnlySpan<byte> source, out Destination? destination, out int consumed, out Socks5Reply error)
    {
        destination = null;
        consumed = 0;
        error = Socks5Reply.GeneralFailure;
        if (source.Length < 2) return false;
        int length = source[1];
        int end = 2 + length + PortLength;
        if (source.Length < end) return false;
        ReadOnlySpan<byte> address = source.Slice(2, length);
        int port = BinaryPrimitives.ReadUInt16BigEndian(source[(end - PortLength)..]);
        switch ((Socks5AddressType)source[0])
        {
            case Socks5AddressType.IPv4 when length == 4:
            case Socks5AddressType.IPv6 when length == 16:
                destination = Destination.FromAddress(new(address), port);
                break;
            case Socks5AddressType.IPv4 or Socks5AddressType.IPv6:
                return false;
            case Socks5AddressType.Domain:
                if (!Utf8.IsValid(address)) return false;
                if (!Destination.TryFromHost(Encoding.UTF8.GetString(address), port, out destination)) return false;
                break;
            default:
                error = Socks5Reply.AddressTypeNotSupported;
                return false;
        }
        consumed = end;
        return true;
    }

    /// <summary>The length of the address in bytes as <see cref="Write"/> writes it.</summary>
    public static int GetLength(Destination destination) => 2 + PortLength + destination.Address switch
    {
        null => Encoding.UTF8.GetByteCount(destination.Host),
        { AddressFamily: AddressFamily.InterNetwork } => 4,
        _ => 16,
    };

    /// <summary>Writes an address and returns its length.</summary>
    /// <exception cref="OverflowException">The domain is longer than 255 octets.</exception>
    public static int Write(Span<byte> target, Destination destination)
    {
        int length;
        if (destination.Address is { } address)
        {
            target[0] = (byte)(address.AddressFamily == AddressFamily.InterNetwork ? Socks5AddressType.IPv4 : Socks5AddressType.IPv6);
            address.TryWriteBytes(target[2..], out length);
        }
        else
        {
            target[0] = (byte)Socks5AddressType.Domain;
            length = Encoding.UTF8.GetByteCount(destination.Host);
            Encoding.UTF8.GetBytes(destination.Host, target[2..]);
        }
        target[1] = checked((byte)length);
        BinaryPrimitives.WriteUInt16BigEndian(target[(2 + length)..], destination.Port);
        return 2 + length + PortLength;
    }
}
