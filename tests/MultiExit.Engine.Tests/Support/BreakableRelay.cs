using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A way to a server that can be cut: then every byte on it is lost, and nobody is told.</summary>
internal sealed class BreakableRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IPEndPoint _server;
    private readonly Task _accepting;
    private volatile bool _isBroken;

    public BreakableRelay(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Whether it is cut. What was lost does not come when it is mended.</summary>
    public bool IsBroken
    {
        get => _isBroken;
        set => _isBroken = value;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _over.TrySetResult();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        List<Task> relays = [];
        try
        {
            while (true) relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
        await Task.WhenAll(relays);
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        using (TcpClient server = new())
        {
            await server.ConnectAsync(_server);
            await Task.WhenAny(_over.Task, CopyAsync(client, server), CopyAsync(server, client));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer)) > 0)
                if (!_isBroken) await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One of them has gone.
        }
        // An end is lost as well.
        if (_isBroken) await _over.Task;
    }
}
