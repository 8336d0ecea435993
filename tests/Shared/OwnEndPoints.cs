using System.Net;
using System.Net.Sockets;

namespace MultiExit.Tests;

/// <summary>Addresses and ports that no other test has or gets, so that a test finds a port free that it has left, and one that it listens on later.</summary>
internal static class OwnEndPoints
{
    // Below the ports that systems give to whoever asks for any: 32768 and up on Linux, 49152 and up elsewhere.
    private const int FirstPort = 20_000, Ports = 11_000;

    // Test projects that run at the same time begin at different places.
    private static int _taken = Environment.ProcessId % Ports * 997 % Ports;

    /// <summary>Another address of loopback each time; 127.0.0.1 where the system has no others.</summary>
    public static IPAddress NextAddress()
    {
        if (!OperatingSystem.IsLinux()) return IPAddress.Loopback;
        int number = Interlocked.Increment(ref _taken);
        return new IPAddress([127, (byte)(100 + Environment.ProcessId % 100), (byte)(number >> 8), (byte)number]);
    }

    /// <summary>A port that is free at all addresses, for connections and datagrams, and that no bind to port 0 ever gets.</summary>
    public static int NextPort()
    {
        while (true)
        {
            int port = FirstPort + Interlocked.Increment(ref _taken) % Ports;
            if (IsFree(port, SocketType.Stream) && IsFree(port, SocketType.Dgram)) return port;
        }
    }

    /// <summary>Such a port at such an address.</summary>
    public static IPEndPoint Next() => new(NextAddress(), NextPort());

    private static bool IsFree(int port, SocketType type)
    {
        using Socket probe = Socket.OSSupportsIPv6 ? new(type, ProtocolType.Unspecified) : new(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        try
        {
            probe.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
