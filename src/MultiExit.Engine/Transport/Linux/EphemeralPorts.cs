using System.Globalization;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>The ports that the system gives to connections by itself: <c>net.ipv4.ip_local_port_range</c> without
/// <c>ip_local_reserved_ports</c> (ip(7)); they count for IPv6 as well.</summary>
internal sealed class EphemeralPorts
{
    private const string Folder = "/proc/sys/net/ipv4/";
    private readonly int _first;
    private readonly int _last;
    private readonly List<(int First, int Last)> _reserved;

    private EphemeralPorts(int first, int last, List<(int First, int Last)> reserved)
    {
        _first = first;
        _last = last;
        _reserved = reserved;
        for (int port = first; port <= last; port++)
            if (Contains(port)) Count++;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Whether a port is one of them.</summary>
    public bool Contains(int port)
    {
        if (port < _first || port > _last) return false;
        foreach ((int first, int last) in _reserved)
            if (port >= first && port <= last) return false;
        return true;
    }

    /// <summary>Reads the settings of this system.</summary>
    /// <returns>Null where there are none: another system than Linux.</returns>
    public static EphemeralPorts? Read()
    {
        try
        {
            return Parse(File.ReadAllText(Folder + "ip_local_port_range"), File.ReadAllText(Folder + "ip_local_reserved_ports"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the two settings: <c>32768 60999</c>, and <c>8080,9000-9100</c> or nothing.</summary>
    /// <returns>Null when they cannot be parsed.</returns>
    public static EphemeralPorts? Parse(string range, string reserved)
    {
        string[] bounds = range.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (bounds.Length != 2 || !TryPort(bounds[0], out int first) || !TryPort(bounds[1], out int last)) return null;
        List<(int First, int Last)> taken = [];
        foreach (string part in reserved.Split((char[])[',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryPort(ends[0], out int from) || !TryPort(ends[^1], out int to)) return null;
            taken.Add((from, to));
        }
        return new EphemeralPorts(first, last, taken);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
}
