using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The limits of a server and who is how near to them. Outlives reloads. Thread-safe.</summary>
internal sealed class LimitTable(TimeProvider time, UsageLedger usage)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, LimitScope> _clients = [];
    private readonly Dictionary<string, LimitScope> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LimitScope> _inbounds = new(StringComparer.Ordinal);
    private readonly RateGate<string> _newOfUser = new(time);
    private LimitsConfig _limits = new();

    /// <summary>Puts limits in force, for live sessions too.</summary>
    public void Apply(LimitsConfig limits)
    {
        lock (_lock)
        {
            _limits = limits;
            foreach (LimitScope client in _clients.Values) client.Apply(limits.PerClient);
            foreach ((string name, LimitScope user) in _users) user.Apply(limits.OfUser(name));
            foreach ((string name, LimitScope inbound) in _inbounds) inbound.Apply(limits.OfInbound(name));
        }
    }

    /// <summary>Counts a session in; it is counted out when it ends. One that is refused is counted nowhere.</summary>
    /// <returns>The limit that is reached, in words; null: the session may go on.</returns>
    public string? Enter(Session session)
    {
        RequestInfo request = session.Request;
        lock (_lock)
        {
            if (request.User is { } name && Refusal(name) is { } refusal) return refusal;
            IPAddress client = ClientPrefix.Of(request.Client.Address);
            session.Pace = new SessionPace(
                Enter(_clients, client, _limits.PerClient),
                request.User is null ? null : Enter(_users, request.User, _limits.OfUser(request.User)),
                Enter(_inbounds, request.Inbound, _limits.OfInbound(request.Inbound)), time);
            return null;
        }
    }

    /// <summary>Counts a session out that was counted in.</summary>
    public void Leave(Session session)
    {
        if (session.Pace is null) return;
        RequestInfo request = session.Request;
        lock (_lock)
        {
            _clients[ClientPrefix.Of(request.Client.Address)].Sessions--;
            if (request.User is not null) _users[request.User].Sessions--;
            _inbounds[request.Inbound].Sessions--;
        }
    }

    /// <summary>The live sessions of a user.</summary>
    public int SessionsOf(string user)
    {
        lock (_lock) return _users.TryGetValue(user, out LimitScope? scope) ? scope.Sessions : 0;
    }

    /// <summary>Whether a user has used up its month.</summary>
    public bool IsOverQuota(string user) => _limits.OfUser(user).Quota is { } quota && usage.UsedThisMonth(user) >= quota;

    /// <summary>Forgets what no longer matters. Called periodically.</summary>
    public void Sweep()
    {
        _newOfUser.Sweep();
        lock (_lock)
        {
            RemoveIdle(_clients);
            RemoveIdle(_users);
            RemoveIdle(_inbounds);
        }
    }

    private string? Refusal(string user)
    {
        ScopeLimits limits = _limits.OfUser(user);
        if (IsOverQuota(user)) return $"the quota of {user} is used up for this month";
        int sessions = _users.TryGetValue(user, out LimitScope? scope) ? scope.Sessions : 0;
        if (sessions >= limits.Connections) return $"{user} has its {limits.Connections} connections";
        return limits.NewPerSecond is { } rate && !_newOfUser.TryPass(user, rate) ? $"{user} opens more than {rate} connections a second" : null;
    }

    private LimitScope Enter<TKey>(Dictionary<TKey, LimitScope> scopes, TKey key, ScopeLimits limits)
        where TKey : notnull
    {
        if (!scopes.TryGetValue(key, out LimitScope? scope))
        {
            scopes[key] = scope = new LimitScope(time);
            scope.Apply(limits);
        }
        scope.Sessions++;
        return scope;
    }

    private static void RemoveIdle<TKey>(Dictionary<TKey, LimitScope> scopes)
        where TKey : notnull
    {
        foreach ((TKey key, LimitScope scope) in scopes)
            if (scope.IsIdle) scopes.Remove(key);
    }
}
