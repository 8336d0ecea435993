using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>The client connections of a server: counts them against the limits and ends handshakes that take too long.</summary>
/// <remarks>Outlives reloads, and so do its counts.</remarks>
internal sealed class ConnectionTable(TimeProvider time, ILimitReports? reports = null)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ClientConnection> _connections = new();
    private readonly Dictionary<IPAddress, int> _perClient = [];
    private readonly Dictionary<string, int> _perInbound = new(StringComparer.Ordinal);
    private readonly RateGate<IPAddress> _newOfClient = new(time);
    private readonly RateGate<string> _newOfInbound = new(time);
    private TaskCompletionSource? _empty;

    public int Count
    {
        get
        {
            lock (_lock) return _connections.Count;
        }
    }

    /// <summary>Adds a connection, or a client that sends datagrams.</summary>
    /// <param name="remote">The client.</param>
    /// <param name="abort">Cuts it off.</param>
    /// <param name="inbound">The inbound it came to.</param>
    /// <param name="limits">The limits in force.</param>
    /// <param name="refusal">The limit that is reached, as a sentence, when null is returned.</param>
    public ClientConnection? TryAdd(IPEndPoint remote, Action abort, string inbound, LimitsConfig limits, out string? refusal)
    {
        ClientConnection connection = new(remote, inbound, time.GetTimestamp(), abort);
        IPAddress client = ClientPrefix.Of(connection.Client.Address);
        lock (_lock)
        {
            refusal = Refusal(remote, client, inbound, limits);
            if (refusal is not null) return null;
            _perClient[client] = _perClient.GetValueOrDefault(client) + 1;
            _perInbound[inbound] = _perInbound.GetValueOrDefault(inbound) + 1;
            connection.Node = _connections.AddLast(connection);
            DescriptorAccount.Process.Expect();
            return connection;
        }
    }

    public void Remove(ClientConnection connection)
    {
        connection.Settle();
        lock (_lock)
        {
            _connections.Remove(connection.Node!);
            Decrement(_perClient, ClientPrefix.Of(connection.Client.Address));
            Decrement(_perInbound, connection.Inbound);
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

    /// <summary>Aborts the connections whose handshake has taken longer than allowed. Those that may take longer than others may not once
    /// half of the places are taken.</summary>
    public void SweepHandshakes(TimeSpan timeout, int places)
    {
        long now = time.GetTimestamp();
        _newOfClient.Sweep();
        _newOfInbound.Sweep();
        ClientConnection[] connections = Snapshot();
        bool few = connections.Length > places / 2;
        foreach (ClientConnection connection in connections)
        {
            TimeSpan allowed = few ? timeout : connection.Patience ?? timeout;
            if (connection.HandshakeCompleted || time.GetElapsedTime(connection.Accepted, now) < allowed) continue;
            connection.TimedOut = true;
            connection.Abort();
        }
    }

    /// <summary>Aborts every connection.</summary>
    public void AbortAll()
    {
        foreach (ClientConnection connection in Snapshot()) connection.Abort();
    }

    private string? Refusal(IPEndPoint remote, IPAddress client, string inbound, LimitsConfig limits)
    {
        ScopeLimits ofInbound = limits.OfInbound(inbound), ofClient = limits.PerClient;
        int count = _perClient.GetValueOrDefault(client);
        if (_connections.Count >= limits.Connections) return $"limits.connections ({limits.Connections}) is reached";
        if (count >= ofClient.Connections && Judge(ofClient, "limits.connections_per_client", $"({ofClient.Connections}) is reached") is { } full) return full;
        if ((ofClient.Connections is null || ofClient.IsShadow) && !ClientPrefix.IsLoopback(remote.Address) && count >= limits.ConnectionShare)
            return $"limits.connections_per_client (a quarter of limits.connections, {limits.ConnectionShare}) is reached";
        if (_perInbound.GetValueOrDefault(inbound) >= ofInbound.Connections
            && Judge(ofInbound, $"limits.inbounds.{inbound}.connections", $"({ofInbound.Connections}) is reached") is { } busy) return busy;
        if (ofClient.NewPerSecond is { } perClient && !_newOfClient.TryPass(client, perClient)
            && Judge(ofClient, "limits.new_per_client", $"({perClient}/s) is reached") is { } fast) return fast;
        return ofInbound.NewPerSecond is { } perInbound && !_newOfInbound.TryPass(inbound, perInbound)
            ? Judge(ofInbound, $"limits.inbounds.{inbound}.new", $"({perInbound}/s) is reached")
            : null;

        // A refusal, unless it is only told.
        string? Judge(ScopeLimits scope, string key, string rest)
        {
            if (!scope.IsShadow) return $"{key} {rest}";
            reports?.WouldRefuse(key, remote, $"{key} {rest}");
            return null;
        }
    }

    private static void Decrement<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (counts[key] == 1) counts.Remove(key);
        else counts[key]--;
    }

    private ClientConnection[] Snapshot()
    {
        lock (_lock) return [.. _connections];
    }
}
