using System.Net;
using System.Net.Sockets;

namespace MultiExit.Tests;

/// <summary>A port of loopback that nobody has: who connects to it is refused, and no other test gets its number.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _holder;

    /// <summary>Holds a port.</summary>
    /// <param name="type">Of connections, or of datagrams, to which the system answers that the port is unreachable.</param>
    public ClosedPort(SocketType type = SocketType.Stream)
    {
        _holder = type == SocketType.Stream ? Bound() : ToItself();
        EndPoint = new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)_holder.LocalEndPoint!).Port);
    }

    public IPEndPoint EndPoint { get; }

    public int Port => EndPoint.Port;

    public void Dispose() => _holder.Dispose();

    // Bound at all addresses of both families, and never listening. The socket is made without a protocol, since .NET gives one of TCP SO_REUSEADDR,
    // and then Linux lets others bind to the number as well.
    private static Socket Bound()
    {
        AddressFamily family = Socket.OSSupportsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        Socket holder = new(family, SocketType.Stream, ProtocolType.Unspecified);
        if (Socket.OSSupportsIPv6) holder.DualMode = true;
        holder.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        return holder;
    }

    // Connected to itself, it takes no datagram of others.
    private static Socket ToItself()
    {
        Socket holder = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Connect(holder.LocalEndPoint!);
        return holder;
    }
}
