using System.Collections.Concurrent;

namespace MultiExit.Engine.Balancing;

/// <summary>The states of all groups that a server has had, by name: a reload finds them again. Thread-safe.</summary>
internal sealed class GroupStates(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, GroupState> _states = new(StringComparer.Ordinal);

    /// <summary>Called with the group and the client when one was bound, or is bound no more; not for each of its connections. Outside of locks.</summary>
    public Action<string, UInt128, bool>? Changed { get; set; }

    /// <summary>The states of all groups.</summary>
    public IEnumerable<GroupState> All => _states.Values;

    /// <summary>The state of a group, made when the name is new.</summary>
    public GroupState Get(string name) =>
        _states.GetOrAdd(name, name => new GroupState(name, time, (client, isBound) => Changed?.Invoke(name, client, isBound)));

    /// <summary>The state of a group; null: there never was one of that name.</summary>
    public GroupState? Find(string name) => _states.GetValueOrDefault(name);
}
