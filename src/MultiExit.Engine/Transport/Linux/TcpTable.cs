using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>The TCP sockets of the whole system, <c>/proc/net/tcp</c> and <c>tcp6</c> (proc(5)), those in TIME_WAIT included.</summary>
internal static class TcpTable
{
    // About 150 bytes each: reading them stays below 15 MB and a tenth of a second.
    private const int MaxSockets = 100_000;
    private const string Folder = "/proc/net/";

    /// <summary>Counts the sockets between given ends whose own port is an ephemeral one.</summary>
    /// <returns>Null when the table cannot be read, or is so long that reading it would cost too much.</returns>
    public static Dictionary<PortPair, int>? Count(IReadOnlyCollection<PortPair> pairs, EphemeralPorts ports)
    {
        Dictionary<PortPair, int> counts = pairs.Distinct().ToDictionary(pair => pair, _ => 0);
        int read = 0;
        try
        {
            foreach (string file in (string[])["tcp", "tcp6"])
            {
                if (!File.Exists(Folder + file)) continue;
                foreach (string line in File.ReadLines(Folder + file))
                {
                    if (++read > MaxSockets) return null;
                    if (TryParse(line, out PortPair pair, out int port) && counts.TryGetValue(pair, out int count) && ports.Contains(port))
                        counts[pair] = count + 1;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return counts;
    }

    /// <summary>Reads a line: <c>0: 0100007F:A2C1 0200007F:0050 01 ...</c>, each word of an address in the order of this machine.</summary>
    /// <param name="line">The line.</param>
    /// <param name="pair">The two ends; IPv4-mapped addresses are given as IPv4.</param>
    /// <param name="port">The local port.</param>
    public static bool TryParse(ReadOnlySpan<char> line, out PortPair pair, out int port)
    {
        pair = default;
        port = 0;
        int colon = line.IndexOf(':');
        if (colon < 0) return false;
        ReadOnlySpan<char> rest = line[(colon + 1)..].TrimStart();
        int space = rest.IndexOf(' ');
        if (space < 0 || !TryParseEnd(rest[..space], out IPEndPoint? local)) return false;
        rest = rest[(space + 1)..];
        space = rest.IndexOf(' ');
        if (space < 0 || !TryParseEnd(rest[..space], out IPEndPoint? remote)) return false;
        pair = new PortPair(local.Address, remote);
        port = local.Port;
        return true;
    }

    private static bool TryParseEnd(ReadOnlySpan<char> text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPEndPoint? end)
    {
        const int Word = 8;
        end = null;
        int colon = text.IndexOf(':');
        if (colon is not (Word or 4 * Word)
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort port))
            return false;
        Span<byte> bytes = stackalloc byte[colon / 2];
        for (int i = 0; i < colon; i += Word)
        {
            if (!uint.TryParse(text.Slice(i, Word), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint word)) return false;
            // The number was printed as it lies in memory; both processors that the reactor runs on are little-endian.
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i / 2)..], word);
        }
        IPAddress address = new(bytes);
        end = new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
        return true;
    }
}
