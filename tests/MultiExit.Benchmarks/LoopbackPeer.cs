using System.Net;
using System.Net.Sockets;

namespace MultiExit.Benchmarks;

/// <summary>Either end of a loopback connection: an echo target, or a client of one.</summary>
internal sealed class LoopbackPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _out = new byte[256 * 1024];
    private readonly byte[] _in = new byte[256 * 1024];

    private LoopbackPeer(Socket socket) => _socket = socket;

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public static LoopbackPeer Echo()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _ = AcceptAsync(listener);
        return new LoopbackPeer(listener);
    }

    public static async Task<LoopbackPeer> ConnectAsync(IPEndPoint target)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target);
        return new LoopbackPeer(socket);
    }

    public async Task RoundTripAsync(int size)
    {
        await _socket.SendAsync(_out.AsMemory(0, size));
        await ReceiveAsync(size);
    }

    /// <summary>Sends the bytes and takes them back at the same time.</summary>
    public async Task StreamAsync(int bytes)
    {
        Task receiving = ReceiveAsync(bytes);
        for (int sent = 0; sent < bytes; sent += _out.Length) await _socket.SendAsync(_out.AsMemory(0, Math.Min(_out.Length, bytes - sent)));
        await receiving;
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync(int bytes)
    {
        for (int got = 0; got < bytes;)
        {
            int read = await _socket.ReceiveAsync(_in.AsMemory(0, Math.Min(_in.Length, bytes - got)));
            if (read == 0) throw new IOException("the connection ended");
            got += read;
        }
    }

    private static async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true) _ = EchoAsync(await listener.AcceptAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        socket.NoDelay = true;
        using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            await stream.CopyToAsync(stream, 256 * 1024);
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }
}
