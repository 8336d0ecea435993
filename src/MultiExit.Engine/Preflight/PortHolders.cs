using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Preflight;

/// <summary>Finds out who has a port: the number of the socket from <c>/proc/net</c>, its process from <c>/proc/PID/fd</c> (proc(5)).</summary>
internal static class PortHolders
{
    private const int MostSockets = 100_000, MostLinks = 500_000;
    private const int StateField = 3, InodeField = 9;
    private const string Listening = "0A";

    /// <summary>The first holder.</summary>
    /// <returns>Null where there is none, or where this user may not see it.</returns>
    public static PortHolder? Find(SystemFiles files, IPEndPoint endPoint, bool isUdp)
    {
        HashSet<string> sockets = [.. SocketsOn(files, endPoint, isUdp)];
        return sockets.Count == 0 ? null : ProcessWith(files, sockets);
    }

    private static IEnumerable<string> SocketsOn(SystemFiles files, IPEndPoint endPoint, bool isUdp)
    {
        string name = isUdp ? "udp" : "tcp";
        foreach (string line in files.Lines($"proc/net/{name}", MostSockets).Concat(files.Lines($"proc/net/{name}6", MostSockets)))
        {
            if (!TcpTable.TryParse(line, out PortPair pair, out int port) || port != endPoint.Port || !Overlap(pair.Local, endPoint.Address)) continue;
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > InodeField && (isUdp || fields[StateField] == Listening)) yield return $"socket:[{fields[InodeField]}]";
        }
    }

    private static bool Overlap(IPAddress one, IPAddress other) => ListenAddress.Covers(one, other) || ListenAddress.Covers(other, one);

    private static PortHolder? ProcessWith(SystemFiles files, HashSet<string> sockets)
    {
        int links = 0;
        foreach (string process in files.Names("proc"))
        {
            if (!int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
            foreach (string descriptor in files.Names($"proc/{process}/fd"))
            {
                if (++links > MostLinks) return null;
                if (files.Link($"proc/{process}/fd/{descriptor}") is { } target && sockets.Contains(target))
                    return new PortHolder(id, files.Read($"proc/{process}/comm") ?? "a program");
            }
        }
        return null;
    }
}
