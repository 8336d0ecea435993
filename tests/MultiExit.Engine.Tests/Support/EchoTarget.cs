using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A target on loopback that sends back what it gets, end of direction included.</summary>
internal sealed class EchoTarget : IAsyncDisposable
{
    private readonly PortableTransport _transport = new();
    private readonly ISocketListener _listener;

    public EchoTarget(IPAddress? address = null)
    {
        _listener = _transport.Listen(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _transport.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } connection) _ = EchoAsync(connection);
    }

    private static async Task EchoAsync(SocketStream connection)
    {
        try
        {
            await connection.CopyToAsync(connection);
            await connection.CompleteWritesAsync(default);
        }
        catch (IOException)
        {
            // The client has gone.
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
