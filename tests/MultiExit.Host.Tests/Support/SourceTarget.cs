using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MultiExit.Host.Tests.Support;

/// <summary>A target that answers with the address that it sees: HTTP on TCP, and text on UDP.</summary>
internal sealed class SourceTarget : IDisposable
{
    private readonly TcpListener _web = new(IPAddress.Loopback, 0);
    private readonly UdpClient _udp = new(new IPEndPoint(IPAddress.Loopback, 0));

    public SourceTarget()
    {
        _web.Start();
        _ = AcceptAsync();
        _ = AnswerAsync();
    }

    public int Port => ((IPEndPoint)_web.LocalEndpoint).Port;

    public int UdpPort => ((IPEndPoint)_udp.Client.LocalEndPoint!).Port;

    public void Dispose()
    {
        _web.Dispose();
        _udp.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _web.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                // The requests of the tests come in one piece.
                if (await stream.ReadAsync(new byte[4096]) == 0) return;
                string source = ((IPEndPoint)client.Client.RemoteEndPoint!).Address.ToString();
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {source.Length}\r\n\r\n{source}"));
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult asked = await _udp.ReceiveAsync();
                await _udp.SendAsync(Encoding.ASCII.GetBytes(asked.RemoteEndPoint.Address.ToString()), asked.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
