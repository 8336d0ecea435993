using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Targets;

/// <summary>A target of sessions on loopback.</summary>
internal abstract class TcpTarget : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Ledger _ledger;
    private readonly ConcurrentDictionary<IPEndPoint, DateTime> _live = new();

    protected TcpTarget(Ledger ledger)
    {
        _ledger = ledger;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Next()));
        _listener.Listen(512);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The other ends of connections that are open, and since when.</summary>
    public IReadOnlyDictionary<IPEndPoint, DateTime> Live => _live;

    public virtual void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    protected abstract Task ServeAsync(Connection connection, CancellationToken cancellationToken);

    private async Task AcceptAsync()
    {
        CancellationToken end = _end.Token;
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync(end), end);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        socket.NoDelay = true;
        IPEndPoint peer = (IPEndPoint)socket.RemoteEndPoint!;
        _live[peer] = DateTime.UtcNow;
        await using TcpConnection connection = new(socket);
        try
        {
            await ServeAsync(connection, cancellationToken);
        }
        catch (WrongBytesException exception)
        {
            _ledger.Fail("target", exception.Message);
            connection.Abort();
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // What broke is known to the client, whose part it is to complain.
            connection.Abort();
        }
        finally
        {
            _live.TryRemove(peer, out _);
        }
    }
}
