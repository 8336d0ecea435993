using System.Net;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>The target, on loopback of both families: it is told how much, sends and receives so much at the same time, and ends with the
/// SHA-256 of what it received up to the end of that direction.</summary>
internal sealed class MatrixTarget : IAsyncDisposable
{
    private readonly PortableTransport _transport = new();
    private readonly ISocketListener _listener;

    public MatrixTarget()
    {
        _listener = _transport.Listen(new IPEndPoint(IPAddress.IPv6Any, 0));
        _ = AcceptAsync();
    }

    public int Port => _listener.LocalEndPoint.Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _transport.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } connection) _ = ServeAsync(connection);
    }

    private static async Task ServeAsync(SocketStream connection)
    {
        await using (connection)
        {
            try
            {
                byte[] size = new byte[1];
                await connection.ReadExactlyAsync(size);
                Task sending = MatrixData.SendDownAsync(connection, size[0]);
                byte[] hash = await MatrixData.HashAsync(connection, long.MaxValue);
                await sending;
                await connection.WriteAsync(hash);
                await connection.CompleteWritesAsync(default);
                await LingeringClose.RunAsync(connection, TimeProvider.System, default);
            }
            catch (IOException)
            {
                // The client sees that something is missing.
            }
        }
    }
}
