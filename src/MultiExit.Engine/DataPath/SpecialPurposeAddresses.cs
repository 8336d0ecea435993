using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.DataPath;

/// <summary>Addresses that are not globally reachable, by IANA's registries of special-purpose addresses (RFC 6890 and RFC 8190, as of
/// 2025-10) and of multicast; and those of metadata and platform services in clouds.</summary>
internal static class SpecialPurposeAddresses
{
    private const uint IsatapUniversal = 0x0200_5efe;
    private const uint IsatapLocal = 0x0000_5efe;

    /// <summary>Whether an address, or an IPv4 address that it embeds, is one of them.</summary>
    /// <param name="address">The address.</param>
    /// <param name="nat64">The prefixes of translators beside the well-known one, RFC 6052.</param>
    public static bool Contains(IPAddress address, IReadOnlyList<Nat64Prefix> nat64)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return address.AddressFamily == AddressFamily.InterNetwork ? ContainsIpv4(bytes[..4]) : ContainsIpv6(bytes[..length], nat64);
    }

    // iana-ipv4-special-registry, without the entries that it calls globally reachable (192.0.0.9, 192.0.0.10, AS112 and AMT).
    private static bool ContainsIpv4(ReadOnlySpan<byte> address) => address switch
    {
        [0, ..] => true,                        // this host on this network, RFC 791
        [10, ..] => true,                       // private use, RFC 1918
        [100, >= 64 and <= 127, ..] => true,    // shared address space, RFC 6598; the metadata service of Alibaba Cloud
        [127, ..] => true,                      // loopback, RFC 1122
        [168, 63, 129, 16] => true,             // the platform service of Azure
        [169, 254, ..] => true,                 // link-local, RFC 3927; metadata services
        [172, >= 16 and <= 31, ..] => true,     // private use, RFC 1918
        [192, 0, 0, 9 or 10] => false,          // anycast of PCP and TURN, RFC 7723 and RFC 8155
        [192, 0, 0, ..] => true,                // protocol assignments, RFC 6890; the metadata service of Oracle Cloud
        [192, 0, 2, ..] => true,                // documentation, RFC 5737
        [192, 88, 99, ..] => true,              // 6to4 relays, deprecated by RFC 7526
        [192, 168, ..] => true,                 // private use, RFC 1918
        [198, 18 or 19, ..] => true,            // benchmarking, RFC 2544
        [198, 51, 100, ..] => true,             // documentation, RFC 5737
        [203, 0, 113, ..] => true,              // documentation, RFC 5737
        [>= 224, ..] => true,                   // multicast RFC 5771, reserved RFC 1112, broadcast RFC 919
        _ => false,
    };

    // iana-ipv6-special-registry, without the entries that it calls globally reachable.
    private static bool ContainsIpv6(ReadOnlySpan<byte> address, IReadOnlyList<Nat64Prefix> nat64)
    {
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(address);
        uint third = BinaryPrimitives.ReadUInt32BigEndian(address[8..]);
        if (high == 0 && third == 0x0000_ffff) return ContainsIpv4(address[12..]);              // IPv4-mapped, RFC 4291
        if (high == 0x0064_ff9b_0000_0000 && third == 0) return ContainsIpv4(address[12..]);    // NAT64, RFC 6052
        // A router of a site may lead an identifier of ISATAP to the IPv4 address in it, whatever the prefix (RFC 5214 section 6.1).
        if (third is IsatapUniversal or IsatapLocal && ContainsIpv4(address[12..])) return true;
        Span<byte> embedded = stackalloc byte[4];
        for (int i = 0; i < nat64.Count; i++)
            if (nat64[i].TryExtract(address, embedded)) return ContainsIpv4(embedded);
        return address switch
        {
            [0, ..] => true,                            // unspecified, loopback, IPv4-compatible, local NAT64 (RFC 8215), reserved
            [1, 0, ..] when high <= 0x0100_0000_0000_0001 => true, // discard-only RFC 6666, dummy prefix RFC 9780
            [0x20, 0x01, 0, 0, ..] => ContainsTeredo(address),
            [0x20, 0x01, 0, ..] or [0x20, 0x01, 1, ..] => !IsAssigned(address), // protocol assignments, RFC 2928
            [0x20, 0x01, 0x0d, 0xb8, ..] => true,       // documentation, RFC 3849
            [0x20, 0x02, ..] => ContainsIpv4(address[2..6]),                    // 6to4, RFC 3056
            [0x3f, 0xff, < 0x10, ..] => true,           // documentation, RFC 9637
            [0x5f, 0x00, ..] => true,                   // segment routing SIDs, RFC 9602
            [>= 0xfc and <= 0xfd, ..] => true,          // unique local, RFC 4193; the metadata service of AWS
            [0xfe, >= 0x80, ..] => true,                // link-local RFC 4291, site-local RFC 3879
            [0xff, ..] => true,                         // multicast, RFC 4291
            _ => false,
        };
    }

    // The globally reachable parts of 2001::/23.
    private static bool IsAssigned(ReadOnlySpan<byte> address) => address switch
    {
        [0x20, 0x01, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 or 2 or 3] => true,  // anycast of PCP, TURN and DNS-SD: RFC 7723, 8155, 9665
        [0x20, 0x01, 0, 3, ..] => true,                 // AMT, RFC 7450
        [0x20, 0x01, 0, 4, 0x01, 0x12, ..] => true,     // AS112, RFC 7535
        [0x20, 0x01, 0, >= 0x20 and <= 0x3f, ..] => true, // ORCHIDv2 RFC 7343, DRIP RFC 9374
        _ => false,
    };

    // RFC 4380 section 4: the client's IPv4 address is in the last four octets, all bits inverted.
    private static bool ContainsTeredo(ReadOnlySpan<byte> address)
    {
        Span<byte> client = stackalloc byte[4];
        for (int i = 0; i < client.Length; i++) client[i] = (byte)~address[12 + i];
        return ContainsIpv4(client);
    }
}
