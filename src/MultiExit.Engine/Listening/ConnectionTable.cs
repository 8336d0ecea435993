using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>The client connections of a server: counts them against the limits and ends handshakes that take too long.</summary>
internal sealed class ConnectionTable(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ClientConnection> _connections = new();
    private readonly Dictionary<IPAddress, int> _perClient = [];
    private TaskCompletionSource? _empty;

    public int Count
    {
        get
        {
            lock (_lock) return _connections.Count;
        }
    }

    /// <summary>Adds a connection.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="limits">The limits in force.</param>
    /// <param name="refusal">The limit that is reached, in words, when null is returned.</param>
    public ClientConnection? TryAdd(SocketStream socket, LimitsConfig limits, out string? refusal)
    {
        ClientConnection connection = new(socket, time.GetTimestamp());
        lock (_lock)
        {
            int ofClient = _perClient.GetValueOrDefault(connection.Client.Address);
            refusal = _connections.Count >= limits.Connections ? $"limits.connections ({limits.Connections}) is reached"
                : ofClient >= limits.ConnectionsPerClient ? $"limits.connections_per_client ({limits.ConnectionsPerClient}) is reached"
                : null;
            if (refusal is not null) return null;
            _perClient[connection.Client.Address] = ofClient + 1;
            connection.Node = _connections.AddLast(connection);
            return connection;
        }
    }

    public void Remove(ClientConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection.Node!);
            int ofClient = _perClient[connection.Client.Address] - 1;
            if (ofClient == 0) _perClient.Remove(connection.Client.Address);
            else _perClient[connection.Client.Address] = ofClient;
            if (_connections.Count == 0) _empty?.TrySetResult();
        }
    }

    /// <summary>Completes once no connection is left. For the end of a server: no new ones may be added meanwhile.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_lock)
        {
            if (_connections.Count == 0) return Task.CompletedTask;
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task;
        }
    }

    /// <summary>Aborts the connections whose handshake has taken longer than allowed.</summary>
    public void SweepHandshakes(TimeSpan timeout)
    {
        long now = time.GetTimestamp();
        foreach (ClientConnection connection in Snapshot())
        {
            if (connection.HandshakeCompleted || time.GetElapsedTime(connection.Accepted, now) < timeout) continue;
            connection.TimedOut = true;
            connection.Socket.Abort();
        }
    }

    /// <summary>Aborts every connection.</summary>
    public void AbortAll()
    {
        foreach (ClientConnection connection in Snapshot()) connection.Socket.Abort();
    }

    private ClientConnection[] Snapshot()
    {
        lock (_lock) return [.. _connections];
    }
}
