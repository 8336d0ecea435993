using System.Collections.Frozen;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The bytes that each user, and each exit with a quota, has moved this calendar month (UTC), kept in a file where quotas need it.
/// Thread-safe.</summary>
/// <remarks>Fed with the users' totals about once a second, so that the data path does not know of it. The file is written at most every
/// five seconds and replaced as a whole: a crash loses the last seconds at most, never the month. The wall clock counts only while it runs as
/// the monotonic clock does (<see cref="MonthClock"/>).</remarks>
internal sealed partial class UsageLedger(TimeProvider time)
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastTotals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _usedByExits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastTotalsOfExits = new(StringComparer.Ordinal);
    private readonly MonthClock _clock = new(time);
    private string _month = "";
    private Guid? _id;
    private bool _isIdKept;
    private Dictionary<string, long>? _ceilings;
    private string? _path;
    private bool _changed;
    private bool _isHandedOver;
    private long _saved;

    /// <summary>The bytes of a user this month, both directions.</summary>
    public long UsedThisMonth(string user)
    {
        lock (_lock)
        {
            StartMonth();
            return _used.GetValueOrDefault(user);
        }
    }

    /// <summary>The bytes of an exit this month, both directions.</summary>
    public long UsedThisMonthBy(string exit)
    {
        lock (_lock)
        {
            StartMonth();
            return _usedByExits.GetValueOrDefault(exit);
        }
    }

    /// <summary>The file that the ledger is kept in; null: none.</summary>
    public string? Path
    {
        get
        {
            lock (_lock) return _path;
        }
    }

    /// <summary>The month that is counted, <c>yyyy-MM</c>.</summary>
    public string Month
    {
        get
        {
            lock (_lock)
            {
                StartMonth();
                return _month;
            }
        }
    }

    /// <summary>Keeps the ledger in a file from here on; what the file holds of this month counts.</summary>
    /// <param name="path">The file; null: none.</param>
    /// <param name="kept">The content of the file; null: nothing.</param>
    public void KeepIn(string? path, UsageFile? kept)
    {
        lock (_lock)
        {
            if (string.Equals(path, _path, StringComparison.Ordinal)) return;
            // It cannot be known yet whether its month is over or the clock is wrong.
            if (_month.Length == 0 && kept is not null)
            {
                _month = kept.Month;
                if (_clock.Month != _month) _clock.Doubt();
            }
            StartMonth();
            // One that is counted already goes on, whatever file it is kept in.
            _id ??= kept?.Ledger;
            _isIdKept = kept?.Ledger is { } id && id == _id;
            if (kept is not null && string.Equals(kept.Month, _month, StringComparison.Ordinal))
            {
                foreach ((string user, long bytes) in kept.Users) _used[user] = Math.Max(bytes, _used.GetValueOrDefault(user));
                foreach ((string exit, long bytes) in kept.Exits ?? FrozenDictionary<string, long>.Empty)
                    _usedByExits[exit] = Math.Max(bytes, _usedByExits.GetValueOrDefault(exit));
                if (kept.Ceilings is { } ceilings) _ceilings ??= new Dictionary<string, long>(ceilings, StringComparer.Ordinal);
            }
            _path = path;
            _changed = true;
        }
    }

    /// <summary>Whether another process writes the file: what is used goes on being counted here.</summary>
    public bool IsHandedOver
    {
        set
        {
            lock (_lock) _isHandedOver = value;
        }
    }

    /// <summary>What was used of the month, for another process; null: it is not counted.</summary>
    public HandedUsage? Export()
    {
        lock (_lock)
        {
            if (_path is null) return null;
            return new HandedUsage(_month, new Dictionary<string, long>(_used, StringComparer.Ordinal),
                new Dictionary<string, long>(_usedByExits, StringComparer.Ordinal)) { Ledger = _id, Ceilings = _ceilings };
        }
    }

    /// <summary>The process before knows of these totals, which the counts of its <see cref="UsageFile"/> have in them.</summary>
    public void CountedBefore(ServerTotals totals, IEnumerable<(string Exit, long Total)> exits)
    {
        lock (_lock)
        {
            foreach (UserTotal user in totals.Users) _lastTotals[user.Name] = user.BytesUp + user.BytesDown;
            foreach ((string exit, long total) in exits) _lastTotalsOfExits[exit] = total;
        }
    }

    /// <summary>Takes the users' totals since the start of the server.</summary>
    public void Update(IEnumerable<UserStatus> users)
    {
        lock (_lock)
        {
            StartMonth();
            foreach (UserStatus user in users) Add(user.Name, user.BytesUp + user.BytesDown, _lastTotals.GetValueOrDefault(user.Name), _lastTotals, _used);
        }
    }

    /// <summary>Takes the totals of exits since the start of the server. What an exit has moved before it is here for the first time does not count: it
    /// had no quota then.</summary>
    public void Update(IEnumerable<(string Exit, long Total)> exits)
    {
        lock (_lock)
        {
            StartMonth();
            foreach ((string exit, long total) in exits)
            {
                if (_lastTotalsOfExits.TryAdd(exit, total)) continue;
                Add(exit, total, _lastTotalsOfExits[exit], _lastTotalsOfExits, _usedByExits);
            }
        }
    }

    // Totals never count down.
    private void Add(string name, long total, long last, Dictionary<string, long> lastTotals, Dictionary<string, long> used)
    {
        if (total <= last) return;
        lastTotals[name] = total;
        used[name] = used.GetValueOrDefault(name) + total - last;
        _changed = true;
    }

    /// <summary>Writes the file when there is something new and the last time is long enough ago.</summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public bool SaveIfDue() => time.GetElapsedTime(Volatile.Read(ref _saved)) >= SaveEvery && Save();

    /// <summary>Writes the file when there is something new.</summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public bool Save()
    {
        lock (_saving)
        {
            UsageFile file;
            string path;
            lock (_lock)
            {
                if (_path is null || !_changed || _isHandedOver) return false;
                _changed = false;
                Volatile.Write(ref _saved, time.GetTimestamp());
                path = _path;
                file = new UsageFile(_month, new Dictionary<string, long>(_used, StringComparer.Ordinal))
                {
                    Exits = _usedByExits.Count == 0 ? null : new Dictionary<string, long>(_usedByExits, StringComparer.Ordinal),
                    Ledger = _id, Ceilings = _ceilings,
                };
            }
            try
            {
                file.Save(path);
                lock (_lock) _isIdKept |= file.Ledger is not null && _path == path;
                return true;
            }
            catch (ProxyException)
            {
                lock (_lock) _changed = true;
                throw;
            }
        }
    }

    /// <summary>The month of the wall clock when it has come without its time having passed, while the counts of another month go on; null:
    /// the month is not in doubt.</summary>
    public string? DoubtedMonth
    {
        get
        {
            lock (_lock) return _clock.IsCertain || _clock.Month == _month ? null : _clock.Month;
        }
    }

    // Only a month that comes after this one begins at nothing. A clock that was ahead and is set back has not undone what was used.
    private void StartMonth()
    {
        if (_month.Length > 0 && !_clock.IsCertain) return;
        string month = _clock.Month;
        if (string.Equals(month, _month, StringComparison.Ordinal)) return;
        if (string.CompareOrdinal(month, _month) > 0)
        {
            _used.Clear();
            _usedByExits.Clear();
            _ceilings = _ceilings is null ? null : [];
        }
        _month = month;
        _changed = true;
    }
}
