using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Shares;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A node with one user: sessions are opened and exchanges are made as a test says.</summary>
internal sealed class ShareNode : IDisposable
{
    private readonly string _name;
    private readonly LimitTable _limits;
    private readonly SessionTable _sessions;
    private readonly SharedLimits _work;
    private readonly List<Session> _live = [];
    private FleetMember? _member;
    private readonly WorkExchanges _exchanges = new();

    public ShareNode(string name, ScopeLimits limits, ManualTimeProvider time)
    {
        _name = name;
        _limits = new LimitTable(time, new UsageLedger(time));
        _limits.Apply(new LimitsConfig { PerUser = limits });
        _sessions = new SessionTable(time, _limits);
        _work = new SharedLimits(_limits, time);
        _work.Start(() => IsWoken = true);
    }

    public bool IsWoken { get; private set; }

    /// <summary>The live sessions of the user.</summary>
    public int Live => _live.Count;

    /// <summary>Why the last session was refused.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What the user may have here.</summary>
    public long ShareOf(ShareKind kind, long limit) => _limits.Shares!.ShareOf("alice", kind, limit);

    /// <summary>The bandwidth that holds back the sessions of the user.</summary>
    public long BytesPerSecond => _live[0].Pace!.Quantum(up: true) * 20L * _live.Count;

    public void Dispose() => _work.Dispose();

    public async Task JoinAsync(IFleetStore store, int nodes = 3) => _member = (await ShareStoreContract.MemberAsync(store, _name)) with
    {
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new NodeStatus($"n{i}", NodeState.Alive, 1, default, default, "", []))],
    };

    /// <summary>Opens sessions until one is refused, but so many at most.</summary>
    /// <returns>How many.</returns>
    public int Open(int most = 1000)
    {
        for (int opened = 0; opened < most; opened++)
        {
            Session session = _sessions.Open(new RequestInfo
            {
                Inbound = "in", User = "alice", Client = new IPEndPoint(IPAddress.Loopback, 1), Local = new IPEndPoint(IPAddress.Loopback, 2),
                Destination = Destination.FromAddress(IPAddress.Loopback, 3),
            });
            Refusal = _limits.Enter(session);
            if (Refusal is null)
            {
                _live.Add(session);
                continue;
            }
            session.Dispose();
            return opened;
        }
        return most;
    }

    public void Close(int most)
    {
        for (; most > 0 && _live.Count > 0; most--)
        {
            _live[^1].Dispose();
            _live.RemoveAt(_live.Count - 1);
        }
    }

    /// <summary>Bytes that the first session has sent; nobody waits for their time to be over.</summary>
    public void Send(long bytes) => _ = _live[0].PassedUpAsync(bytes).AsTask();

    /// <summary>What is done about once a second on any server.</summary>
    public void Sweep() => _limits.Sweep();

    /// <summary>An exchange, as a worker makes it: none beside one that has not ended.</summary>
    /// <returns>Whether it has succeeded.</returns>
    public Task<bool> ExchangeAsync(IFleetStore store)
    {
        if (_exchanges.AreOver) IsWoken = false;
        return _exchanges.RunAsync(_work, store, _member!);
    }

    public Task LeaveAsync(IFleetStore store) => ((IFleetWork)_work).LeaveAsync(store, _member!, default);
}
