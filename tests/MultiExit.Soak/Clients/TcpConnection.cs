using System.Net;
using System.Net.Sockets;

namespace MultiExit.Soak.Clients;

/// <summary>A session whose bytes are those of a TCP connection.</summary>
internal sealed class TcpConnection(Socket socket) : Connection
{
    public static async Task<TcpConnection> ConnectAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            return new TcpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public EndPoint LocalEndPoint => socket.LocalEndPoint!;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }

    public override Task EndAsync(CancellationToken cancellationToken)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    // Without a time to linger, close sends RST.
    public override void Abort() => socket.Close(0);

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }
}
