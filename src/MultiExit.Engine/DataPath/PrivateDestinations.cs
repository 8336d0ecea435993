using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.DataPath;

/// <summary>Addresses that a public proxy must not lead to: this host, its networks, and the metadata services of clouds.
/// Checked after name resolution, so that a name cannot point past the check.</summary>
internal static class PrivateDestinations
{
    /// <summary>What is told where such a destination is refused.</summary>
    public const string Refusal = "private destinations are refused on this inbound (private_destinations: allow changes that)";

    /// <summary>Whether the request is for such an address and its inbound does not allow that; names are checked where they are resolved.</summary>
    public static bool Refuses(RequestInfo request) =>
        !request.PrivateDestinationsAllowed && request.Destination.Address is { } address && Contains(address);

    /// <summary>Whether the address, or an IPv4 address that it embeds, is in a private range.</summary>
    public static bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return address.AddressFamily == AddressFamily.InterNetwork ? ContainsIpv4(bytes[..4]) : ContainsIpv6(bytes[..length]);
    }

    // RFC 6890 and the IANA special-purpose registry, as far as an address there can be reached from a host.
    private static bool ContainsIpv4(ReadOnlySpan<byte> address) => address switch
    {
        [0, ..] => true,                        // this host, this network
        [10, ..] => true,                       // RFC 1918
        [100, >= 64 and <= 127, ..] => true,    // carrier-grade NAT, RFC 6598; the metadata service of Alibaba Cloud
        [127, ..] => true,                      // loopback
        [168, 63, 129, 16] => true,             // the platform service of Azure
        [169, 254, ..] => true,                 // link-local; metadata services
        [172, >= 16 and <= 31, ..] => true,     // RFC 1918
        [192, 0, 0, ..] => true,                // protocol assignments; the metadata service of Oracle Cloud
        [192, 168, ..] => true,                 // RFC 1918
        [>= 224, ..] => true,                   // multicast, reserved, broadcast
        _ => false,
    };

    private static bool ContainsIpv6(ReadOnlySpan<byte> address)
    {
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(address);
        uint third = BinaryPrimitives.ReadUInt32BigEndian(address[8..]);
        if (high == 0 && third == 0x0000_ffff) return ContainsIpv4(address[12..]);              // IPv4-mapped
        if (high == 0x0064_ff9b_0000_0000 && third == 0) return ContainsIpv4(address[12..]);    // NAT64, RFC 6052
        if (high >> 32 == 0x2001_0000) return ContainsTeredo(address);
        return address switch
        {
            [0, ..] => true,                    // unspecified, loopback, IPv4-compatible, local NAT64 (RFC 8215), reserved
            [0x20, 0x02, ..] => ContainsIpv4(address[2..6]),                                    // 6to4, RFC 3056
            [>= 0xfc and <= 0xfd, ..] => true,  // unique local, RFC 4193; the metadata service of AWS
            [0xfe, >= 0x80, ..] => true,        // link-local, site-local
            [0xff, ..] => true,                 // multicast
            _ => false,
        };
    }

    // RFC 4380 section 4: the client's IPv4 address is in the last four octets, all bits inverted.
    private static bool ContainsTeredo(ReadOnlySpan<byte> address)
    {
        Span<byte> client = stackalloc byte[4];
        for (int i = 0; i < client.Length; i++) client[i] = (byte)~address[12 + i];
        return ContainsIpv4(client);
    }
}
