using System.Collections.Concurrent;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.States;

/// <summary>The states of all exits and groups that a server has had, by name, and the ECH configs that were looked up for them: a reload finds
/// them again. Thread-safe.</summary>
/// <param name="time">The clock; null for the system's.</param>
/// <param name="healthChanged">Called with the name when an exit has gone up or down.</param>
/// <param name="carriersChanged">Called with the name when an exit has lost its carriers or has them again.</param>
internal sealed class ExitStates(
    TimeProvider? time = null, Action<string, ExitHealthStatus>? healthChanged = null, Action<string, CarrierChange>? carriersChanged = null)
{
    private readonly ConcurrentDictionary<string, ExitState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(DohConfig, INameResolver), DnsCache> _records = new();

    /// <summary>See <see cref="ExitState.Dialed"/>.</summary>
    public Action<string, TimeSpan, DialFailure>? Dialed { get; init; }

    /// <summary>Those of exits that are members of groups at run time; nobody is told of their health, since they may be thousands.</summary>
    public MemberStates Members => field ??= new MemberStates((name, group) => new ExitState(name, time) { Dialed = Dialed, MemberOf = group });

    /// <summary>Those of exits and groups of configurations, in no particular order.</summary>
    public IReadOnlyCollection<ExitState> All => [.. _states.Values];

    /// <summary>The state of an exit or group of the configuration, or of a member of a group.</summary>
    public ExitState Get(string name) => Members.Find(name) ?? Own(name);

    /// <summary>The name that metrics and the history count an exit by.</summary>
    public string AccountOf(string name) => Members.Find(name)?.Account.Name ?? name;

    /// <summary>The state of an exit or group of the configuration, made when the name is new.</summary>
    public ExitState Own(string name) =>
        _states.GetOrAdd(name, name => new ExitState(name, time, healthChanged, carriersChanged) { Dialed = Dialed, Pool = PoolOf(name) });

    private ExitState? PoolOf(string name) => AddressPools.PoolOf(name) is var pool && pool.Length < name.Length ? Own(pool) : null;

    /// <summary>The answers of a resolver about the ECH configs of servers.</summary>
    /// <param name="doh">The resolver.</param>
    /// <param name="system">Resolves the resolver's own name.</param>
    /// <param name="create">Makes the cache when it is new.</param>
    public DnsCache RecordsOf(DohConfig doh, INameResolver system, Func<DnsCache> create) => _records.GetOrAdd((doh, system), _ => create());

    /// <summary>Puts health checks in force by the exits' names; exits without one are no longer checked.</summary>
    public void Use(IReadOnlyDictionary<string, HealthConfig> checks)
    {
        foreach (ExitState state in All)
            if (!checks.ContainsKey(state.Name)) state.Health.Use(null);
        foreach ((string name, HealthConfig check) in checks) Own(name).Health.Use(check);
    }
}
