using System.Net;
using System.Net.Sockets;

namespace MultiExit.Soak.Targets;

/// <summary>Sends each datagram back.</summary>
internal sealed class UdpTarget : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public UdpTarget()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Next()));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _ = EchoAsync();
    }

    public IPEndPoint EndPoint { get; }

    public void Dispose() => _socket.Dispose();

    private async Task EchoAsync()
    {
        byte[] buffer = new byte[2048];
        IPEndPoint any = new(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _socket.ReceiveFromAsync(buffer, any);
                await _socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end: on Linux nothing else breaks a socket that is bound only.
        }
    }
}
