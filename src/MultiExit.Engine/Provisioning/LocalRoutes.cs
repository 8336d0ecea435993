using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace MultiExit.Engine.Provisioning;

/// <summary>Which IPv6 prefixes this host takes as its own, with all their addresses (AnyIP: <c>ip -6 route add local PREFIX dev lo</c>).
/// Without it, this host does not accept answers to an address that is on no interface.</summary>
internal static class LocalRoutes
{
    private const string File = "/proc/net/ipv6_route";

    // RTF_LOCAL of linux/ipv6_route.h.
    private const uint LocalFlag = 0x8000_0000;

    /// <summary>Whether this host takes a prefix; true also where that cannot be known.</summary>
    public static bool Cover(IPNetwork prefix)
    {
        try
        {
            return Cover(System.IO.File.ReadLines(File), prefix);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Looks through lines of the form <c>destination length source length next-hop metric use flags ...</c>, hexadecimal.</summary>
    public static bool Cover(IEnumerable<string> lines, IPNetwork prefix)
    {
        UInt128 wanted = BinaryPrimitives.ReadUInt128BigEndian(prefix.BaseAddress.GetAddressBytes());
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 9 || !TryHex(words[0], out UInt128 network) || !TryHex(words[1], out UInt128 length)
                || !TryHex(words[8], out UInt128 flags))
                continue;
            if (length > (UInt128)prefix.PrefixLength || ((uint)flags & LocalFlag) == 0) continue;
            if (length == 0 || (network ^ wanted) >> (128 - (int)length) == 0) return true;
        }
        return false;
    }

    private static bool TryHex(string text, out UInt128 value) =>
        UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
