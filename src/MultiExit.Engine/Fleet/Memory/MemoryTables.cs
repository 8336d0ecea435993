using System.Net;

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
