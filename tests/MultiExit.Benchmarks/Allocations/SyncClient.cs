using System.Net;
using System.Net.Sockets;

namespace MultiExit.Benchmarks.Allocations;

/// <summary>A client of SOCKS5 that allocates next to nothing beside its sockets.</summary>
/// <param name="server">The server.</param>
/// <param name="target">The target, an echo.</param>
/// <param name="bytes">How many bytes go there and come back.</param>
internal sealed class SyncClient(IPEndPoint server, IPEndPoint target, int bytes)
{
    private const int Chunk = 64 * 1024;

    private readonly byte[] _greeting = [5, 1, 0];
    private readonly byte[] _request = [5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port];
    private readonly byte[] _out = new byte[Chunk];
    private readonly byte[] _in = new byte[Chunk];

    /// <summary>One session, until its other end has ended too.</summary>
    public void Run()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        socket.Send(_greeting);
        Receive(socket, 2);
        socket.Send(_request);
        Receive(socket, 10);
        if (_in[1] != 0) throw new IOException($"the proxy answered {_in[1]}");
        for (int done = 0; done < bytes; done += Chunk)
        {
            int part = Math.Min(Chunk, bytes - done);
            socket.Send(_out, part, SocketFlags.None);
            Receive(socket, part);
        }
        socket.Shutdown(SocketShutdown.Send);
        if (socket.Receive(_in) != 0) throw new IOException("bytes came behind the last ones");
    }

    private void Receive(Socket socket, int count)
    {
        for (int got = 0; got < count;)
        {
            int read = socket.Receive(_in, got, count - got, SocketFlags.None);
            if (read == 0) throw new IOException("the connection ended");
            got += read;
        }
    }
}
