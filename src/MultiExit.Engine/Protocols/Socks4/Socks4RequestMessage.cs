using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;

namespace MultiExit.Engine.Protocols.Socks4;

/// <summary>A request of SOCKS4: VN 4 | CD | DSTPORT | DSTIP | USERID | NUL; of SOCKS4A, where DSTIP is 0.0.0.x and x is not 0, a domain and
/// another NUL behind it.</summary>
internal static class Socks4RequestMessage
{
    /// <summary>The first octet.</summary>
    public const byte Version = 4;

    /// <summary>The longest user id that is taken, in octets: that of a name in RFC 1929.</summary>
    public const int MaxUserId = 255;

    /// <summary>The longest request, in octets.</summary>
    public const int MaxLength = HeaderLength + MaxUserId + 1 + Destination.MaxDomainLength + 1;

    private const int HeaderLength = 8;

    // DSTIP of a request with a domain.
    private const uint DomainAddress = 1;

    /// <summary>Reads a request.</summary>
    /// <param name="source">The octets.</param>
    /// <param name="command">What is asked for.</param>
    /// <param name="userId">The user id; empty for none.</param>
    /// <param name="destination">The address; null where it is malformed: its status is Invalid.</param>
    /// <param name="consumed">The length in octets.</param>
    public static ParseStatus TryRead(
        ReadOnlySpan<byte> source, out Socks4Command command, out ReadOnlySpan<byte> userId, out Destination? destination, out int consumed)
    {
        command = default;
        userId = default;
        destination = null;
        consumed = 0;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        if (source[0] != Version) return ParseStatus.Invalid;
        if (source.Length < HeaderLength) return ParseStatus.NeedMore;
        command = (Socks4Command)source[1];
        int port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        uint address = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
        ParseStatus status = TryReadText(source[HeaderLength..], MaxUserId, out userId);
        if (status != ParseStatus.Ok) return status;
        int end = HeaderLength + userId.Length + 1;
        if (address is 0 or > 0xFF)
        {
            destination = Destination.FromAddress(new IPAddress(source.Slice(4, 4)), port);
            consumed = end;
            return ParseStatus.Ok;
        }
        status = TryReadText(source[end..], Destination.MaxDomainLength, out ReadOnlySpan<byte> domain);
        if (status != ParseStatus.Ok) return status;
        if (!Utf8.IsValid(domain) || !Destination.TryFromHost(Encoding.UTF8.GetString(domain), port, out destination)) return ParseStatus.Invalid;
        consumed = end + domain.Length + 1;
        return ParseStatus.Ok;
    }

    /// <summary>Whether a destination can stand in a request: SOCKS4 has no IPv6, and 0.0.0.x stands for a domain.</summary>
    public static bool CanCarry(Destination destination) => destination.Address is not { } address || Has(address);

    /// <summary>Whether an address can stand in a request.</summary>
    public static bool Has(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[4];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(octets, out _)
            && BinaryPrimitives.ReadUInt32BigEndian(octets) is 0 or > 0xFF;
    }

    /// <summary>Writes a request, of SOCKS4A for a domain, and returns its length.</summary>
    /// <param name="target">Room for <see cref="MaxLength"/>.</param>
    /// <param name="command">What is asked for.</param>
    /// <param name="userId">The user id, without NUL, at most <see cref="MaxUserId"/> octets.</param>
    /// <param name="destination">The address; one that <see cref="CanCarry"/>.</param>
    public static int Write(Span<byte> target, Socks4Command command, ReadOnlySpan<byte> userId, Destination destination)
    {
        target[0] = Version;
        target[1] = (byte)command;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], destination.Port);
        if (destination.Address is { } address) address.TryWriteBytes(target[4..], out _);
        else BinaryPrimitives.WriteUInt32BigEndian(target[4..], DomainAddress);
        userId.CopyTo(target[HeaderLength..]);
        int end = HeaderLength + userId.Length;
        target[end++] = 0;
        if (!destination.IsDomain) return end;
        end += Encoding.UTF8.GetBytes(destination.Host, target[end..]);
        target[end++] = 0;
        return end;
    }

    private static ParseStatus TryReadText(ReadOnlySpan<byte> source, int maxLength, out ReadOnlySpan<byte> text)
    {
        int length = source[..Math.Min(source.Length, maxLength + 1)].IndexOf((byte)0);
        text = length < 0 ? default : source[..length];
        return length >= 0 ? ParseStatus.Ok : source.Length > maxLength ? ParseStatus.Invalid : ParseStatus.NeedMore;
    }
}
