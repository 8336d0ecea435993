using System.Collections.Concurrent;

namespace MultiExit.Engine.States;

/// <summary>The states of exits that are members of groups at run time, by their names. One that is no member any more stays until nothing of it is
/// under way. Thread-safe.</summary>
/// <param name="create">Makes the state of a name.</param>
internal sealed class MemberStates(Func<string, ExitState, ExitState> create)
{
    private readonly ConcurrentDictionary<string, ExitState> _states = new(StringComparer.Ordinal);

    // Those that have gone; whether the last sweep found nothing of it under way.
    private readonly ConcurrentDictionary<ExitState, bool> _gone = new();

    /// <summary>All that are still there, in no particular order.</summary>
    public IEnumerable<ExitState> All => _states.Select(pair => pair.Value);

    /// <summary>The state of a name; null when there is none.</summary>
    public ExitState? Find(string name) => _states.GetValueOrDefault(name);

    /// <summary>The state of a member, that of one of the same name and group from before included.</summary>
    /// <param name="name">The member.</param>
    /// <param name="group">The state of its group.</param>
    public ExitState Join(string name, ExitState group)
    {
        if (_states.TryGetValue(name, out ExitState? present) && present.Account == group)
        {
            _gone.TryRemove(present, out _);
            return present;
        }
        ExitState state = create(name, group);
        _states[name] = state;
        return state;
    }

    /// <summary>It stays a member: what was to take its name does not come.</summary>
    public void Stay(ExitState state)
    {
        _states[state.Name] = state;
        _gone.TryRemove(state, out _);
    }

    /// <summary>It is no member any more.</summary>
    public void Leave(ExitState state) => _gone[state] = false;

    /// <summary>A configured exit takes a name; what is under way ends with the state that it has.</summary>
    public void Free(string name)
    {
        if (_states.TryRemove(name, out ExitState? state)) _gone.TryRemove(state, out _);
    }

    /// <summary>Forgets those that have gone and of which two looks in a row found nothing under way: between the end of a dial and the beginning of its
    /// session there is a moment without either.</summary>
    public void Sweep()
    {
        foreach ((ExitState state, bool wasIdle) in _gone)
        {
            bool isIdle = state.Load == 0;
            if (!isIdle || !wasIdle) _gone.TryUpdate(state, isIdle, wasIdle);
            else if (_gone.TryRemove(state, out _)) _states.TryRemove(new KeyValuePair<string, ExitState>(state.Name, state));
        }
    }
}
