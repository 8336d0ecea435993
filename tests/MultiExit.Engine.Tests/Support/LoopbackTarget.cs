using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A target of a test: accepts connections and serves each until it ends or its client has gone.</summary>
internal abstract class LoopbackTarget : IAsyncDisposable
{
    private readonly PortableTransport _transport = new();
    private readonly ISocketListener _listener;

    protected LoopbackTarget(IPAddress address, Func<SocketStream, Task> serve)
    {
        _listener = _transport.Listen(new IPEndPoint(address, 0));
        _ = AcceptAsync(serve);
    }

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _transport.DisposeAsync();
    }

    private async Task AcceptAsync(Func<SocketStream, Task> serve)
    {
        while (await _listener.AcceptAsync() is { } connection) _ = ServeAsync(connection, serve);
    }

    private static async Task ServeAsync(SocketStream connection, Func<SocketStream, Task> serve)
    {
        await using (connection)
        {
            try
            {
                await serve(connection);
            }
            catch (IOException)
            {
                // The client has gone, and notices the missing bytes itself.
            }
        }
    }
}
