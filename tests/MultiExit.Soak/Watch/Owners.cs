using System.Globalization;
using System.Net;
using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Watch;

/// <summary>Says who has the other end of a connection on loopback, for a finding: by /proc/net/tcp and the descriptors of the servers.</summary>
internal static class Owners
{
    private const int LocalColumn = 1;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;

    /// <summary>The form <c>near (state 01)</c>; <c>nobody</c> where the kernel does not know the other end.</summary>
    public static string Of(IPEndPoint end, IEnumerable<Server> servers)
    {
        string? line = File.ReadLines("/proc/net/tcp").Skip(1).FirstOrDefault(each => EndOf(Columns(each)[LocalColumn]).Equals(end));
        if (line is null) return "nobody";
        string[] columns = Columns(line);
        string link = $"socket:[{columns[InodeColumn]}]";
        Server? owner = servers.FirstOrDefault(server => Gauge.Links(server).Contains(link, StringComparer.Ordinal));
        return $"{owner?.Name ?? "no server"} (state {columns[StateColumn]})";
    }

    private static string[] Columns(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Octets of the address in the order of the machine, the port in that of people.
    private static IPEndPoint EndOf(string text) => new(
        uint.Parse(text.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        int.Parse(text.AsSpan(9), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
