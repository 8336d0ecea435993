using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Sessions.Limits;

/// <content>What a fleet has to know of the counts.</content>
internal sealed partial class UsageLedger
{
    /// <summary>Tells this count from others of the same node of a fleet; kept in the file from when it is first asked for.</summary>
    public Guid Id
    {
        get
        {
            lock (_lock)
            {
                if (_id is null) (_id, _changed) = (Guid.NewGuid(), true);
                return _id.Value;
            }
        }
    }

    /// <summary>Whether the file has <see cref="Id"/>; writes it where it has not.</summary>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public bool KeepId()
    {
        _ = Id;
        lock (_lock)
            if (_isIdKept) return true;
        Save();
        lock (_lock) return _isIdKept;
    }

    /// <summary>Up to how many bytes of this month users may come without an answer of the fleet, as it is kept in the file; null: the server was never
    /// a node of one.</summary>
    public IReadOnlyDictionary<string, long>? Ceilings
    {
        get
        {
            lock (_lock) return _ceilings;
        }
    }

    /// <summary>What users have used of the month; nothing when it is another one.</summary>
    public IReadOnlyDictionary<string, long> UsedIn(string month)
    {
        lock (_lock)
        {
            StartMonth();
            return _month == month ? new Dictionary<string, long>(_used, StringComparer.Ordinal) : [];
        }
    }

    /// <summary>Goes by the clock of a fleet's store from here on.</summary>
    public void Anchor(DateTimeOffset wall)
    {
        lock (_lock) _clock.Anchor(wall);
    }

    /// <summary>Counts what the file has lost and the fleet has not.</summary>
    public void Recover(string month, string user, long bytes)
    {
        lock (_lock)
        {
            StartMonth();
            if (_month != month) return;
            _used[user] = _used.GetValueOrDefault(user) + bytes;
            _changed = true;
        }
    }

    /// <summary>Keeps in the file up to where users may come.</summary>
    public void Keep(string month, Dictionary<string, long> ceilings)
    {
        lock (_lock)
        {
            StartMonth();
            if (_month != month) return;
            if (_ceilings is { } kept && kept.Count == ceilings.Count
                && ceilings.All(pair => kept.TryGetValue(pair.Key, out long value) && value == pair.Value))
                return;
            (_ceilings, _changed) = (ceilings, true);
        }
    }
}
