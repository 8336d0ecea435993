using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A target that answers with the address it sees, over TCP and UDP, IPv4 and IPv6.</summary>
internal sealed class SourceTarget : IDisposable
{
    private readonly Socket _tcp;
    private readonly Socket[] _udp;

    public SourceTarget(NamespaceHost space)
    {
        _tcp = space.Make(() => new Socket(SocketType.Stream, ProtocolType.Tcp));
        _tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        _tcp.Listen();
        TcpPort = ((IPEndPoint)_tcp.LocalEndPoint!).Port;
        UdpPort = TcpPort;
        // Bound to the addresses: an answer from [::] would come from the address of the way back.
        _udp = [.. new[] { GatewayNetwork.TargetIpv4, GatewayNetwork.TargetIpv6 }.Select(address =>
        {
            Socket socket = space.Make(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
            socket.Bind(new IPEndPoint(address, UdpPort));
            return socket;
        })];
        _ = ServeTcpAsync();
        foreach (Socket socket in _udp) _ = ServeUdpAsync(socket);
    }

    public int TcpPort { get; }

    public int UdpPort { get; }

    public void Dispose()
    {
        _tcp.Dispose();
        foreach (Socket socket in _udp) socket.Dispose();
    }

    private static byte[] Text(EndPoint endPoint)
    {
        IPAddress address = ((IPEndPoint)endPoint).Address;
        return Encoding.ASCII.GetBytes((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using Socket client = await _tcp.AcceptAsync();
                await client.SendAsync(Text(client.RemoteEndPoint!));
                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task ServeUdpAsync(Socket socket)
    {
        byte[] buffer = new byte[1500];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, socket.LocalEndPoint!);
                await socket.SendToAsync(Text(received.RemoteEndPoint), received.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
