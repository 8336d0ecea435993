using System.Net;
using System.Net.Sockets;

namespace MultiExit.Soak;

/// <summary>Ports that are free, and stay so while a server that is killed is started again: no connection gets them as its own.</summary>
internal static class Ports
{
    // Below the ephemeral ports of Linux.
    private const int First = 20_000;
    private const int Last = 32_000;
    private static int _next = First + Environment.ProcessId % (Last - First);

    public static int Next()
    {
        while (true)
        {
            int port = First + ((Interlocked.Increment(ref _next) - First) % (Last - First));
            if (IsFree(port)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener tcp = new(IPAddress.Loopback, port);
            tcp.Start();
            using UdpClient udp = new(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
