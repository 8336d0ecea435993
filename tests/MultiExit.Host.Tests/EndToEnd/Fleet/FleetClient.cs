using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Host.Tests.EndToEnd.Namespaces;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>A SOCKS5 client of the world.</summary>
internal static class FleetClient
{
    /// <summary>A connection through a node to a target of the world.</summary>
    /// <exception cref="IOException">The node refuses it.</exception>
    public static async Task<Socket> ConnectAsync(
        NamespaceHost world, int node, int port, string password = "pw", string? from = null, string user = "alice")
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        Socket socket = world.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            if (from is not null) socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPEndPoint.Parse($"{FleetNetwork.FrontOf(node)}:1080"), limit.Token);
            byte[] name = Encoding.ASCII.GetBytes(user), secret = Encoding.ASCII.GetBytes(password);
            await socket.SendAsync((byte[])[5, 1, 2], limit.Token);
            await ExpectAsync(socket, 2, reply => reply[1] == 2, limit.Token);
            await socket.SendAsync((byte[])[1, (byte)name.Length, .. name, (byte)secret.Length, .. secret], limit.Token);
            await ExpectAsync(socket, 2, reply => reply[1] == 0, limit.Token);
            await socket.SendAsync(
                (byte[])[5, 1, 0, 1, .. IPAddress.Parse(FleetNetwork.WorldAddress).GetAddressBytes(), (byte)(port >> 8), (byte)port], limit.Token);
            await ExpectAsync(socket, 10, reply => reply[1] == 0, limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>So many bytes.</summary>
    /// <exception cref="IOException">The connection ended before.</exception>
    public static async Task<byte[]> ReadAsync(Socket socket, int count, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[count];
        for (int length = 0; length < count;)
        {
            int read = await socket.ReceiveAsync(bytes.AsMemory(length), cancellationToken);
            if (read == 0) throw new IOException("the connection was closed");
            length += read;
        }
        return bytes;
    }

    private static async Task ExpectAsync(Socket socket, int count, Func<byte[], bool> isGood, CancellationToken cancellationToken)
    {
        byte[] reply = await ReadAsync(socket, count, cancellationToken);
        if (!isGood(reply)) throw new IOException($"refused: {Convert.ToHexString(reply)}");
    }
}
