using System.Collections.Concurrent;

namespace MultiExit.Engine.Exits;

/// <summary>The states of all exits and groups that a server has had, by name: a reload finds them again. Thread-safe.</summary>
internal sealed class ExitStates
{
    private readonly ConcurrentDictionary<string, ExitState> _states = new(StringComparer.Ordinal);

    /// <summary>All of them, in no particular order.</summary>
    public IReadOnlyCollection<ExitState> All => [.. _states.Values];

    public ExitState Get(string name) => _states.GetOrAdd(name, static name => new ExitState(name));
}
