using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
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
    /// <param name="isBalancers">Whether it is a load balancer's, whose client is not known yet: the limits of clients are not asked.</param>
    public ClientConnection? TryAdd(
        IPEndPoint remote, Action abort, string inbound, LimitsConfig limits, out string? refusal, bool isBalancers = false)
    {
        ClientConnection connection = new(remote, inbound, time.GetTimestamp(), abort) { IsBalancers = isBalancers };
        lock (_lock)
        {
            refusal = Refusal(connection, limits);
            if (refusal is not null) return null;
            if (!isBalancers) AddToClient(connection);
            _perInbound[inbound] = _perInbound.GetValueOrDefault(inbound) + 1;
            connection.Node = _connections.AddLast(connection);
            DescriptorAccount.Process.Expect();
            return connection;
        }
    }

    /// <summary>The load balancer has said whose connection it is: counts it for that client.</summary>
    /// <returns>The limit that is reached, as a sentence: the connection is to be closed. Null: none.</returns>
    public string? Identify(ClientConnection connection, IPEndPoint client, LimitsConfig limits)
    {
        lock (_lock)
        {
            // What it is refused for is said of the client; it counts for none yet.
            connection.Client = client;
            if ((CountRefusal(client, limits) ?? RateRefusal(client, limits)) is { } refusal) return refusal;
            connection.IsBalancers = false;
            AddToClient(connection);
            return null;
        }
    }

    public void Remove(ClientConnection connection)
    {
        connection.Settle();
        lock (_lock)
        {
            _connections.Remove(connection.Node!);
            if (!connection.IsBalancers) Decrement(_perClient, ClientPrefix.Of(connection.Client.Address));
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

    /// <summary>The accounts of the users that have connections, carriers among them.</summary>
    public IEnumerable<string> GetAccounts() => Snapshot().Select(connection => connection.Account).OfType<string>();

    /// <summary>Aborts the connections of users.</summary>
    /// <param name="choose">Whether those of a user at an inbound are meant.</param>
    /// <returns>How many.</returns>
    public int AbortOf(Func<string, string, bool> choose)
    {
        int count = 0;
        foreach (ClientConnection connection in Snapshot())
        {
            if (connection.User is not { } user || !choose(connection.Inbound, user)) continue;
            connection.Abort();
            count++;
        }
        return count;
    }

    /// <summary>Aborts the connections that came in with a credential of a back-end.</summary>
    /// <param name="credential">Its key.</param>
    public void AbortOf(string credential)
    {
        foreach (ClientConnection connection in Snapshot())
            if (connection.Credential == credential) connection.Abort();
    }

    /// <summary>Aborts the connections of clients with certificates.</summary>
    /// <param name="choose">Whether those with a certificate at an inbound are meant.</param>
    public void AbortWith(Func<string, ClientCertificate, bool> choose)
    {
        foreach (ClientConnection connection in Snapshot())
            if (connection.Certificate is { } certificate && choose(connection.Inbound, certificate)) connection.Abort();
    }

    /// <summary>Aborts every connection.</summary>
    public void AbortAll()
    {
        foreach (ClientConnection connection in Snapshot()) connection.Abort();
    }

    private string? Refusal(ClientConnection connection, LimitsConfig limits)
    {
        string inbound = connection.Inbound;
        IPEndPoint client = connection.Client;
        ScopeLimits ofInbound = limits.OfInbound(inbound);
        if (_connections.Count >= limits.Connections) return $"limits.connections ({limits.Connections}) is reached";
        if (!connection.IsBalancers && CountRefusal(client, limits) is { } ofClient) return ofClient;
        if (_perInbound.GetValueOrDefault(inbound) >= ofInbound.Connections
            && Judge(ofInbound, client, $"limits.inbounds.{inbound}.connections", $"({ofInbound.Connections}) is reached") is { } busy) return busy;
        if (!connection.IsBalancers && RateRefusal(client, limits) is { } tooFast) return tooFast;
        return ofInbound.NewPerSecond is { } perInbound && !_newOfInbound.TryPass(inbound, perInbound)
            ? Judge(ofInbound, client, $"limits.inbounds.{inbound}.new", $"({perInbound}/s) is reached")
            : null;
    }

    // A refusal, unless it is only told.
    private string? Judge(ScopeLimits scope, IPEndPoint client, string key, string rest)
    {
        if (!scope.IsShadow) return $"{key} {rest}";
        reports?.WouldRefuse(key, client, $"{key} {rest}");
        return null;
    }

    private string? CountRefusal(IPEndPoint client, LimitsConfig limits)
    {
        ScopeLimits ofClient = limits.PerClient;
        int present = _perClient.GetValueOrDefault(ClientPrefix.Of(client.Address));
        if (present >= ofClient.Connections
            && Judge(ofClient, client, "limits.connections_per_client", $"({ofClient.Connections}) is reached") is { } full) return full;
        return (ofClient.Connections is null || ofClient.IsShadow) && !ClientPrefix.IsLoopback(client.Address) && present >= limits.ConnectionShare
            ? $"limits.connections_per_client (a quarter of limits.connections, {limits.ConnectionShare}) is reached"
            : null;
    }

    private string? RateRefusal(IPEndPoint client, LimitsConfig limits) =>
        limits.PerClient.NewPerSecond is { } rate && !_newOfClient.TryPass(ClientPrefix.Of(client.Address), rate)
            ? Judge(limits.PerClient, client, "limits.new_per_client", $"({rate}/s) is reached") : null;

    private void AddToClient(ClientConnection connection)
    {
        IPAddress client = ClientPrefix.Of(connection.Client.Address);
        _perClient[client] = _perClient.GetValueOrDefault(client) + 1;
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
