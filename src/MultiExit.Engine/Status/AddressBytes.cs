using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Status;

/// <summary>Addresses as UTF-8, in the form of <see cref="object.ToString"/> and without a string: each session that ends leaves several.</summary>
internal static class AddressBytes
{
    /// <summary>More than the longest has: 39 octets of IPv6, a zone of 11, brackets and a port.</summary>
    public const int MaxLength = 64;

    /// <summary>Writes an address; the octets written.</summary>
    public static int Format(IPAddress address, Span<byte> text) =>
        address.TryFormat(text, out int length) ? length : throw new ArgumentException("too short", nameof(text));

    /// <summary>Writes an address and a port; the octets written.</summary>
    public static int Format(IPEndPoint endPoint, Span<byte> text)
    {
        bool isV6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        int length = 0;
        if (isV6) text[length++] = (byte)'[';
        length += Format(endPoint.Address, text[length..]);
        if (isV6) text[length++] = (byte)']';
        text[length++] = (byte)':';
        if (!Utf8Formatter.TryFormat(endPoint.Port, text[length..], out int digits)) throw new ArgumentException("too short", nameof(text));
        return length + digits;
    }
}
