using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A node with one user, without sessions: bytes pass and exchanges are made as a test says.</summary>
internal sealed class QuotaNode : IDisposable
{
    private readonly string _name;
    private readonly string _file;
    private readonly UsageLedger _ledger;
    private readonly LimitTable _limits;
    private readonly SharedQuotas _work;
    private FleetMember? _member;
    private readonly WorkExchanges _exchanges = new();
    private long _total;

    public QuotaNode(string name, string folder, long quota, bool mayOverdraw = true, ManualTimeProvider? time = null)
    {
        (_name, Time) = (name, time ?? new ManualTimeProvider());
        _file = Path.Combine(folder, name + ".json");
        _ledger = new UsageLedger(Time);
        _ledger.KeepIn(_file, UsageFile.Load(_file).Value);
        _limits = new LimitTable(Time, _ledger);
        _limits.Apply(new LimitsConfig { UsageFile = _file, PerUser = new ScopeLimits { Quota = quota } });
        _work = new SharedQuotas(_limits, _ledger, mayOverdraw, Time);
        _work.Start(() => IsWoken = true);
    }

    public ManualTimeProvider Time { get; }

    public bool IsWoken { get; private set; }

    public QuotaState State => _limits.StateOf("alice");

    /// <summary>The bytes of the user on all nodes.</summary>
    public long UsedByAll => _limits.UsedThisMonth("alice");

    public string Month => _ledger.Month;

    /// <summary>A new life of the process: what is not in the file is gone.</summary>
    public void Dispose() => _work.Dispose();

    public void Save() => _ledger.Save();

    public async Task JoinAsync(IFleetStore store, int nodes = 3)
    {
        long epoch = await store.Nodes.JoinAsync(NodeStoreContract.Node(_name), 0, default);
        _member = new FleetMember("prod", _name, epoch, 
            [.. Enumerable.Range(0, nodes).Select(i => new NodeStatus($"n{i}", NodeState.Alive, 1, default, default, "", []))]);
    }

    /// <summary>Bytes pass where they may.</summary>
    /// <returns>How many.</returns>
    public long Move(long bytes)
    {
        if (State != QuotaState.Left) return 0;
        Use(bytes);
        return bytes;
    }

    /// <summary>Bytes pass, whether they may or not.</summary>
    public void Use(long bytes) => _ledger.Update([new UserStatus("alice", 0, 0, _total += bytes, 0)]);

    /// <summary>An exchange, as a worker makes it: none beside one that has not ended.</summary>
    /// <returns>Whether it has succeeded.</returns>
    public Task<bool> ExchangeAsync(IFleetStore store)
    {
        if (_exchanges.AreOver) IsWoken = false;
        return _exchanges.RunAsync(_work, store, _member!);
    }

    public Task LeaveAsync(IFleetStore store) => ((IFleetWork)_work).LeaveAsync(store, _member!, default);
}
