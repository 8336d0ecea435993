using System.Net;
using System.Net.Sockets;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Servers;

/// <summary>The way to a server, which may be cut or stand still.</summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HashSet<TcpConnection> _ends = [];
    private readonly IPEndPoint _server;
    private volatile TaskCompletionSource _open = new();

    public Wire(int port)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Next()));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _open.SetResult();
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Breaks all connections.</summary>
    public void Cut()
    {
        lock (_ends)
        {
            foreach (TcpConnection end in _ends) end.Abort();
        }
    }

    /// <summary>Nothing goes either way from here on, and nobody is told.</summary>
    public void Stall() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => _open.TrySetResult();

    public void Dispose()
    {
        Resume();
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(new TcpConnection(await _listener.AcceptAsync()));
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task CarryAsync(TcpConnection client)
    {
        TcpConnection? server = null;
        lock (_ends) _ends.Add(client);
        try
        {
            server = await TcpConnection.ConnectAsync(_server, CancellationToken.None);
            lock (_ends) _ends.Add(server);
            Task up = PumpAsync(client, server);
            await PumpAsync(server, client);
            await up;
        }
        catch (SocketException)
        {
            // The server is down: so is what leads to it.
            client.Abort();
        }
        finally
        {
            lock (_ends)
            {
                _ends.Remove(client);
                if (server is not null) _ends.Remove(server);
            }
            await client.DisposeAsync();
            if (server is not null) await server.DisposeAsync();
        }
    }

    private async Task PumpAsync(TcpConnection from, TcpConnection to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                await _open.Task;
                await to.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            }
            await _open.Task;
            await to.EndAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            from.Abort();
            to.Abort();
        }
    }
}
