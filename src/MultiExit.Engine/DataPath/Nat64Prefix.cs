using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.DataPath;

/// <summary>A prefix that a translator of this network uses for IPv4 addresses (RFC 6052 section 2.2).</summary>
/// <param name="Prefix">The address of the prefix, 16 octets.</param>
/// <param name="Length">Its length in bits: 32, 40, 48, 56, 64 or 96.</param>
internal sealed record Nat64Prefix(byte[] Prefix, int Length)
{
    /// <summary>A well-known name that has only IPv4 addresses (RFC 7050 section 3).</summary>
    public const string WellKnownName = "ipv4only.arpa";

    private static readonly int[] Lengths = [32, 40, 48, 56, 64, 96];

    /// <summary>The prefixes that a resolver synthesized addresses of <see cref="WellKnownName"/> with.</summary>
    public static IReadOnlyList<Nat64Prefix> Discover(IEnumerable<IPAddress> addresses)
    {
        List<Nat64Prefix> prefixes = [];
        Span<byte> embedded = stackalloc byte[4];
        foreach (IPAddress address in addresses)
        {
            if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6) continue;
            byte[] bytes = address.GetAddressBytes();
            foreach (int length in Lengths)
            {
                // RFC 7050 section 2.2: 192.0.0.170 and 192.0.0.171.
                Nat64Prefix prefix = new(bytes, length);
                if (!prefix.TryExtract(bytes, embedded) || embedded is not [192, 0, 0, 170 or 171]) continue;
                if (!prefixes.Exists(known => known.Length == length && known.Matches(bytes))) prefixes.Add(prefix);
                break;
            }
        }
        return prefixes;
    }

    /// <summary>The IPv4 address in an address of this prefix.</summary>
    public bool TryExtract(ReadOnlySpan<byte> address, Span<byte> ipv4)
    {
        if (!Matches(address)) return false;
        int at = Length / 8;
        foreach (ref byte octet in ipv4)
        {
            // Bits 64 to 71 are left out.
            if (at == 8) at++;
            octet = address[at++];
        }
        return true;
    }

    private bool Matches(ReadOnlySpan<byte> address) => address[..(Length / 8)].SequenceEqual(Prefix.AsSpan(0, Length / 8));
}
