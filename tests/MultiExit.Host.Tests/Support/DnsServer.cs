using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A DNS server that gives every question for an A record the same answer (RFC 1035 section 4.1).</summary>
internal sealed class DnsServer : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly byte[] _address;

    public DnsServer(IPAddress answer)
    {
        _address = answer.GetAddressBytes();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult query = await _socket.ReceiveAsync();
                byte[] question = query.Buffer;
                // Response, recursion available; the question repeated; its name by pointer, type A, class IN, TTL 60, 4 bytes.
                byte[] answer =
                [
                    .. question[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. question[12..],
                    0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. _address,
                ];
                await _socket.SendAsync(answer, query.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
