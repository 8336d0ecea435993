using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The networks of a set as sorted ranges, each with the line it stands in. Networks never overlap in part, so those within another
/// are left out, and a look-up is one binary search. Immutable.</summary>
internal sealed class NetworkIndex
{
    private readonly uint[] _first4;
    private readonly uint[] _last4;
    private readonly int[] _line4;
    private readonly UInt128[] _first6;
    private readonly UInt128[] _last6;
    private readonly int[] _line6;

    /// <param name="ipv4">First and last address, and line.</param>
    /// <param name="ipv6">The same for IPv6.</param>
    public NetworkIndex(List<(uint First, uint Last, int Line)> ipv4, List<(UInt128 First, UInt128 Last, int Line)> ipv6)
    {
        ipv4.Sort((a, b) => a.First != b.First ? a.First.CompareTo(b.First) : a.Last != b.Last ? b.Last.CompareTo(a.Last) : a.Line.CompareTo(b.Line));
        ipv6.Sort((a, b) => a.First != b.First ? a.First.CompareTo(b.First) : a.Last != b.Last ? b.Last.CompareTo(a.Last) : a.Line.CompareTo(b.Line));
        int kept = 0;
        for (int i = 0; i < ipv4.Count; i++)
            if (kept == 0 || ipv4[i].First > ipv4[kept - 1].Last) ipv4[kept++] = ipv4[i];
        ipv4.RemoveRange(kept, ipv4.Count - kept);
        kept = 0;
        for (int i = 0; i < ipv6.Count; i++)
            if (kept == 0 || ipv6[i].First > ipv6[kept - 1].Last) ipv6[kept++] = ipv6[i];
        ipv6.RemoveRange(kept, ipv6.Count - kept);
        (_first4, _last4, _line4) = ([.. ipv4.Select(each => each.First)], [.. ipv4.Select(each => each.Last)], [.. ipv4.Select(each => each.Line)]);
        (_first6, _last6, _line6) = ([.. ipv6.Select(each => each.First)], [.. ipv6.Select(each => each.Last)], [.. ipv6.Select(each => each.Line)]);
    }

    public int Count => _first4.Length + _first6.Length;

    /// <summary>The bytes that it takes.</summary>
    public long Bytes => _first4.Length * 12L + _first6.Length * 36L;

    /// <summary>The line of the network that an address is in; 0: it is in none.</summary>
    public int LineOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? Find(_first4, _last4, _line4, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : Find(_first6, _last6, _line6, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    private static int Find<T>(T[] first, T[] last, int[] lines, T number)
        where T : IComparable<T>
    {
        int index = Array.BinarySearch(first, number);
        if (index < 0) index = ~index - 1;
        return index >= 0 && number.CompareTo(last[index]) <= 0 ? lines[index] : 0;
    }
}
