using System.Net;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>What a store in memory keeps. Whoever reads or writes it holds <see cref="Lock"/>.</summary>
/// <param name="time">The clock of the store.</param>
internal sealed class MemoryTables(TimeProvider time)
{
    public Lock Lock { get; } = new();

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The tables' version.</summary>
    public int Version { get; set; } = MemorySchema.Current;

    /// <summary>By fleet and topic, the version of the newest change.</summary>
    public Dictionary<(string Fleet, string Topic), long> Versions { get; } = [];

    public Dictionary<(string Fleet, string Name), MemoryNode> Nodes { get; } = [];

    public Dictionary<(string Fleet, IPAddress Client), MemoryLockout> Lockouts { get; } = [];

    public Dictionary<(string Fleet, int Number), FleetText> ConfigVersions { get; } = [];

    public Dictionary<string, MemoryRollout> Rollouts { get; } = new(StringComparer.Ordinal);

    public Dictionary<(string Fleet, string Node), (NodeConfigStatus Report, DateTimeOffset Reported)> NodeConfigs { get; } = [];

    /// <summary>What a node has used of the quota of a user in a month, by fleet, account, month, node and ledger.</summary>
    public Dictionary<(string Fleet, string Account, string Month, string Node, Guid Ledger), MemoryQuota> Quotas { get; } = [];

    /// <summary>The share of a node of a limit of a user.</summary>
    public Dictionary<(string Fleet, string Account, ShareKind Kind, string Node), MemoryShare> Shares { get; } = [];

    public Dictionary<(string Fleet, string Group, UInt128 Client), MemoryPin> Pins { get; } = [];

    public List<MemoryRecord> Records { get; } = [];

    /// <summary>Up to which key the records of an origin are there.</summary>
    public Dictionary<(string Fleet, string Node, Guid Origin), long> RecordCursors { get; } = [];

    public Dictionary<(string Fleet, IPAddress Address), MemoryLease> Leases { get; } = [];

    /// <summary>In the order in which they were asked.</summary>
    public List<MemoryQuestion> Questions { get; } = [];

    /// <summary>Until when an answered handshake is known.</summary>
    public Dictionary<(string Fleet, Guid Mark), DateTimeOffset> Replays { get; } = [];

    /// <summary>Called with the fleet and the topic of each change.</summary>
    public List<Action<string, string>> Listeners { get; } = [];

    /// <summary>The version of a change that is being made.</summary>
    public long Change(string fleet, string topic)
    {
        long version = Versions.GetValueOrDefault((fleet, topic)) + 1;
        Versions[(fleet, topic)] = version;
        foreach (Action<string, string> listener in Listeners) listener(fleet, topic);
        return version;
    }
}
