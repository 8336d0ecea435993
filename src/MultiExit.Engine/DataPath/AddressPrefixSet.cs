using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.DataPath;

/// <summary>Address ranges of a rule, as sorted ranges that do not overlap: a look-up is a binary search, without allocation.</summary>
/// <remarks>IPv4-mapped ranges and addresses count as the IPv4 ones they stand for.</remarks>
internal sealed class AddressPrefixSet
{
    private const int MappedPrefix = 96;
    private readonly UInt128[] _ipv4First;
    private readonly UInt128[] _ipv4Last;
    private readonly UInt128[] _ipv6First;
    private readonly UInt128[] _ipv6Last;

    public AddressPrefixSet(IEnumerable<IPNetwork> networks)
    {
        List<(UInt128 First, UInt128 Last)> ipv4 = [];
        List<(UInt128 First, UInt128 Last)> ipv6 = [];
        foreach (IPNetwork network in networks)
        {
            bool mapped = network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefix;
            bool isIpv4 = mapped || network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            int length = mapped ? network.PrefixLength - MappedPrefix : network.PrefixLength;
            int bits = (isIpv4 ? 32 : 128) - length;
            UInt128 span = bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
            UInt128 first = ToNumber(mapped ? network.BaseAddress.MapToIPv4() : network.BaseAddress) & ~span;
            (isIpv4 ? ipv4 : ipv6).Add((first, first | span));
        }
        (_ipv4First, _ipv4Last) = Merge(ipv4);
        (_ipv6First, _ipv6Last) = Merge(ipv6);
    }

    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        UInt128 number = ToNumber(address);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? Contains(_ipv4First, _ipv4Last, number)
            : Contains(_ipv6First, _ipv6Last, number);
    }

    private static bool Contains(UInt128[] first, UInt128[] last, UInt128 number)
    {
        int index = Array.BinarySearch(first, number);
        if (index >= 0) return true;
        int before = ~index - 1;
        return before >= 0 && number <= last[before];
    }

    private static (UInt128[] First, UInt128[] Last) Merge(List<(UInt128 First, UInt128 Last)> ranges)
    {
        ranges.Sort();
        List<(UInt128 First, UInt128 Last)> merged = [];
        foreach ((UInt128 first, UInt128 last) in ranges)
        {
            if (merged.Count > 0 && first <= merged[^1].Last) merged[^1] = (merged[^1].First, UInt128.Max(last, merged[^1].Last));
            else merged.Add((first, last));
        }
        return ([.. merged.Select(range => range.First)], [.. merged.Select(range => range.Last)]);
    }

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
