using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A SOCKS5 client of few lines, for tests that need thousands.</summary>
internal static class SocksClient
{
    public static async Task<Socket> ConnectAsync(int proxyPort, IPEndPoint target)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, proxyPort, limit.Token);
        byte[] request = [5, 1, 0, 5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port];
        await socket.SendAsync(request, limit.Token);
        byte[] reply = new byte[12];
        await ReceiveAllAsync(socket, reply, limit.Token);
        if (reply[1] != 0 || reply[3] != 0) throw new InvalidOperationException($"the proxy answered {Convert.ToHexString(reply)}");
        return socket;
    }

    /// <summary>Sends a byte and waits for it to come back.</summary>
    public static async Task EchoAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        await socket.SendAsync(new byte[] { 42 }, limit.Token);
        byte[] back = new byte[1];
        await ReceiveAllAsync(socket, back, limit.Token);
        Assert.Equal(42, back[0]);
    }

    private static async Task ReceiveAllAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int read = await socket.ReceiveAsync(buffer, cancellationToken);
            if (read == 0) throw new IOException("the proxy closed the connection");
            buffer = buffer[read..];
        }
    }
}
