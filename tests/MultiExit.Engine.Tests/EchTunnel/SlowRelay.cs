using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>Relays connections to a server, every piece of them late; and cuts them.</summary>
internal sealed class SlowRelay : IDisposable
{
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly TcpListener _listener;
    private readonly IPEndPoint _server;
    private readonly TimeSpan _delay;

    public SlowRelay(IPEndPoint listen, IPEndPoint server, TimeSpan delay)
    {
        _server = server;
        _delay = delay;
        _listener = new TcpListener(listen);
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Resets the present connections, towards the client.</summary>
    public void Cut()
    {
        while (_clients.TryTake(out TcpClient? client)) client.Client.Close(0);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = RelayAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        _clients.Add(client);
        using (client)
        using (TcpClient server = new())
        {
            await server.ConnectAsync(_server);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer)) > 0)
            {
                await Task.Delay(_delay);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One of them has gone.
        }
    }
}
