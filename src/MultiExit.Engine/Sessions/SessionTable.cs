using System.Collections.Concurrent;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <summary>The live sessions of a server, and the totals of the ended ones.</summary>
/// <param name="time">The clock.</param>
/// <param name="limits">Uncounts sessions that were counted.</param>
/// <param name="recorder">Takes the records of sessions that have ended.</param>
internal sealed class SessionTable(TimeProvider time, LimitTable? limits = null, ISessionRecorder? recorder = null)
{
    // More than connections of a server that drains may open.
    private const long RoomForOthers = 1_000_000;

    private readonly ConcurrentDictionary<long, Session> _live = new();
    // Held while ended and live sessions are added up, so that a session that ends meanwhile is neither missed nor counted twice.
    private readonly Lock _ending = new();
    private long _lastId;
    private long _firstId;
    private volatile ServerTotals _before = new();
    private long _endedBytesUp;
    private long _endedBytesDown;
    private readonly ConcurrentDictionary<string, UserTotals> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, InboundTotals> _inbounds = new(StringComparer.Ordinal);
    private TaskCompletionSource? _empty;

    public TimeProvider Time => time;

    /// <summary>The limits of exits; null: there are none.</summary>
    public ExitLimits? ExitLimits { get; init; }

    /// <summary>How session keys stand in records.</summary>
    public SessionKeys Keys { get; } = new();

    /// <summary>Called with every session that has ended, on the thread that ended it.</summary>
    public Action<Session>? Ended { get; init; }

    /// <summary>Takes the records of what has ended; null where nobody reads any.</summary>
    public ISessionRecorder? Recorder => recorder is { IsOn: true } ? recorder : null;

    public int Count => _live.Count;

    /// <summary>What the processes before have counted, of which one may still have sessions.</summary>
    public ServerTotals Before
    {
        get => _before;
        set => _before = value;
    }

    /// <summary>The greatest number of a session.</summary>
    public long LastId => Volatile.Read(ref _lastId);

    /// <summary>All sessions since the start, the live ones included.</summary>
    public long Total => Volatile.Read(ref _lastId) - _firstId + _before.Sessions;

    /// <summary>Numbers sessions far behind those of the process before, which may still open some.</summary>
    public void NumberBehind(long lastId) => _lastId = _firstId = lastId + RoomForOthers;

    /// <summary>A snapshot-free walk over the live sessions.</summary>
    public IEnumerable<Session> Live => _live.Select(pair => pair.Value);

    public long BytesUp
    {
        get
        {
            lock (_ending) return _endedBytesUp + Live.Sum(session => session.BytesUp) + _before.BytesUp;
        }
    }

    public long BytesDown
    {
        get
        {
            lock (_ending) return _endedBytesDown + Live.Sum(session => session.BytesDown) + _before.BytesDown;
        }
    }

    public Session Open(RequestInfo request) => Add(new Session(this, NextId(), request, time.GetUtcNow()));

    public long NextId() => Interlocked.Increment(ref _lastId);

    public TSession Add<TSession>(TSession session) where TSession : Session
    {
        session.LastActive = time.GetTimestamp();
        session.Begin();
        if (session.Request.Account is { } account) _users.GetOrAdd(account, static _ => new UserTotals()).Began();
        _inbounds.GetOrAdd(session.Request.Inbound, static _ => new InboundTotals()).Began();
        _live[session.Id] = session;
        return session;
    }

    public void Remove(Session session)
    {
        // While it is still live: whoever sees that it is gone finds its record before those of sessions that begin later, and a server that has no
        // sessions left may close its log and its store.
        try
        {
            Recorder?.Record(session.ToRecord(ended: true));
        }
        finally
        {
            Leave(session);
        }
    }

    private void Leave(Session session)
    {
        lock (_ending)
        {
            if (!_live.ContainsKey(session.Id)) return;
            // Before removal, so that a reader that no longer sees the session also sees its exits' counters without it.
            session.LeaveExits();
            session.LeaveExitLimits();
            _live.TryRemove(session.Id, out _);
            _endedBytesUp += session.BytesUp;
            _endedBytesDown += session.BytesDown;
            if (session.Request.Account is { } account) _users[account].Ended(session.BytesUp, session.BytesDown);
            _inbounds[session.Request.Inbound].Left(session);
            if (recorder?.Traffic is { } traffic) session.TellTraffic(traffic, ended: true);
        }
        limits?.Leave(session);
        Ended?.Invoke(session);
        if (Volatile.Read(ref _empty) is { } empty && _live.IsEmpty) empty.TrySetResult();
    }

    /// <summary>The totals of each user, live sessions included. Users are authenticated ones, so there are not many. Those of one name are one.</summary>
    public IReadOnlyList<UserStatus> GetUsers() => [.. GetAccounts()
        .GroupBy(account => UserAccount.NameOf(account.Name), StringComparer.Ordinal).OrderBy(user => user.Key, StringComparer.Ordinal)
        .Select(user => user.Aggregate(new UserStatus(user.Key, 0, 0, 0, 0), static (sum, account) => sum with
        {
            Sessions = sum.Sessions + account.Sessions, TotalSessions = sum.TotalSessions + account.TotalSessions,
            BytesUp = sum.BytesUp + account.BytesUp, BytesDown = sum.BytesDown + account.BytesDown,
        }))];

    /// <summary>The totals of each user as limits know it (<see cref="UserIdentity.Account"/>), live sessions included.</summary>
    public IReadOnlyList<UserStatus> GetAccounts()
    {
        lock (_ending)
        {
            ILookup<string?, Session> live = Live.ToLookup(session => session.Request.Account, StringComparer.Ordinal);
            Dictionary<string, UserTotal> before = _before.Users.ToDictionary(user => user.Name, StringComparer.Ordinal);
            return
            [
                .. _users.Keys.Union(before.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => Sum(
                    _users.TryGetValue(name, out UserTotals? user) ? user.ToStatus(name, live[name]) : new UserStatus(name, 0, 0, 0, 0),
                    before.GetValueOrDefault(name))),
            ];
        }
    }

    private static UserStatus Sum(UserStatus user, UserTotal? before) => before is null ? user : user with
    {
        Sessions = user.Sessions + before.Live, TotalSessions = user.TotalSessions + before.Sessions,
        BytesUp = user.BytesUp + before.BytesUp, BytesDown = user.BytesDown + before.BytesDown,
    };

    /// <summary>The totals of the sessions through each exit, live ones included.</summary>
    public Dictionary<ExitState, (long Up, long Down)> GetBytesOf(IEnumerable<ExitState> exits)
    {
        lock (_ending)
        {
            Dictionary<ExitState, (long Up, long Down)> totals = exits.ToDictionary(exit => exit, exit => (exit.EndedBytesUp, exit.EndedBytesDown));
            foreach (Session session in Live) session.AddTo(totals);
            return totals;
        }
    }

    /// <summary>The totals of each inbound that has had a session, live sessions included.</summary>
    public IReadOnlyList<InboundTraffic> GetTraffic()
    {
        lock (_ending)
        {
            Dictionary<string, Dictionary<ExitState, (long Up, long Down)>> bytes = _inbounds.ToDictionary(
                pair => pair.Key, pair => new Dictionary<ExitState, (long Up, long Down)>(pair.Value.Ended), StringComparer.Ordinal);
            foreach (Session session in Live)
                if (bytes.TryGetValue(session.Request.Inbound, out Dictionary<ExitState, (long Up, long Down)>? sums)) session.AddTo(sums, byAccount: true);
            return [.. bytes.Select(pair => new InboundTraffic(pair.Key, pair.Value))];
        }
    }

    /// <summary>Lets all live sessions say what they have done since the last time.</summary>
    public void SampleTraffic(ITrafficSink traffic)
    {
        foreach (Session session in Live)
        {
            // Not for all of them at once: a session that ends would wait for it. One that has ended meanwhile has said it all.
            lock (_ending)
                if (_live.ContainsKey(session.Id)) session.TellTraffic(traffic, ended: false);
        }
    }

    /// <summary>The inbounds that have had a session, with their sessions since the start and those that live.</summary>
    public IReadOnlyList<(string Inbound, long Total, int Live)> GetInbounds() =>
        [.. _inbounds.Select(pair => (pair.Key, pair.Value.Total, pair.Value.Live))];

    /// <summary>Ends sessions in which no byte has moved for the given time. Called periodically, so that the data path needs no
    /// clock: activity shows in the byte counters.</summary>
    public void SweepIdle(TimeSpan idleTimeout)
    {
        long now = time.GetTimestamp();
        foreach (Session session in Live)
        {
            long total = session.BytesUp + session.BytesDown;
            if (total != session.LastTotal)
            {
                session.LastTotal = total;
                session.LastActive = now;
            }
            else if (time.GetElapsedTime(session.LastActive, now) >= idleTimeout)
            {
                session.Abort(SessionOutcome.Idle);
            }
        }
    }

    /// <returns>False when there is no such session.</returns>
    public bool Abort(long id, SessionOutcome reason)
    {
        if (!_live.TryGetValue(id, out Session? session)) return false;
        session.Abort(reason);
        return true;
    }

    public void AbortAll(SessionOutcome reason)
    {
        foreach (Session session in Live) session.Abort(reason);
    }

    /// <summary>Completes once no session is left; all have their records then. For the end of a server: none may be opened meanwhile.</summary>
    public Task WhenEmptyAsync()
    {
        TaskCompletionSource created = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource empty = Interlocked.CompareExchange(ref _empty, created, null) ?? created;
        if (_live.IsEmpty) empty.TrySetResult();
        return empty.Task;
    }
}
