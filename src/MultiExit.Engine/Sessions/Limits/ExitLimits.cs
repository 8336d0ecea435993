using System.Collections.Concurrent;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.States;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The limits of the exits of a server. Outlives reloads. Thread-safe.</summary>
internal sealed class ExitLimits(TimeProvider time, UsageLedger usage, ILimitReports? reports)
{
    // Those of exits that have had limits once, by the name of the exit or of its pool.
    private readonly ConcurrentDictionary<string, ExitLimit> _limits = new(StringComparer.Ordinal);

    /// <summary>Puts those of a configuration in force, for live sessions too.</summary>
    public void Apply(GatewayConfig config, ExitStates states)
    {
        Dictionary<string, ScopeLimits> given = new(StringComparer.Ordinal);
        foreach (ExitConfig exit in config.Exits)
            if (exit.Limits is { } limits) given[AddressPools.PoolOf(exit.Name)] = limits;
        foreach ((string name, ScopeLimits limits) in given) _limits.GetOrAdd(name, _ => new ExitLimit(name, time, usage, reports)).Apply(limits);
        foreach ((string name, ExitLimit limit) in _limits)
            if (!given.ContainsKey(name)) limit.Apply(ScopeLimits.None);
        foreach (ExitConfig exit in config.Exits) states.Get(exit.Name).Limit = exit.Limits is null ? null : Find(exit.Name);
        // Of an exit that is a pool now, the addresses have it: the state of its old name would count each dial once more.
        HashSet<string> exits = [.. config.Exits.Select(exit => exit.Name)];
        foreach (ExitState state in states.All.Where(state => !exits.Contains(state.Name))) state.Limit = null;
    }

    /// <summary>The use of quotas has been added up.</summary>
    public void LookAtUsage()
    {
        foreach (ExitLimit limit in _limits.Values) limit.LookAtUsage();
    }

    /// <summary>The limits of an exit, a pool, or an address of one; null where it never had any.</summary>
    public ExitLimit? Find(string exit) => _limits.IsEmpty ? null : _limits.GetValueOrDefault(AddressPools.PoolOf(exit));
}
