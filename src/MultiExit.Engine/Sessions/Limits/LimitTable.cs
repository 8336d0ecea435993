using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The limits of a server and their use. Outlives reloads. Thread-safe.</summary>
internal sealed partial class LimitTable(TimeProvider time, UsageLedger usage, ILimitReports? reports = null, KnownUsers? known = null)
{
    private const string PerClientKey = "limits.bandwidth_per_client";

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, LimitScope> _clients = [];
    private readonly Dictionary<string, LimitScope> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LimitScope> _inbounds = new(StringComparer.Ordinal);
    private readonly RateGate<string> _newOfUser = new(time);
    private LimitsConfig _limits = new();

    private volatile IFleetQuotas? _fleet;

    /// <summary>The fleet that this server is a node of; null: quotas are its own.</summary>
    public IFleetQuotas? Fleet
    {
        get => _fleet;
        set => _fleet = value;
    }

    /// <summary>Puts limits in force, for live sessions too.</summary>
    public void Apply(LimitsConfig limits)
    {
        lock (_lock)
        {
            _limits = limits;
            foreach (LimitScope client in _clients.Values) client.Apply(limits.PerClient, PerClientKey);
            foreach ((string account, LimitScope user) in _users) Apply(user, account);
            foreach ((string name, LimitScope inbound) in _inbounds) inbound.Apply(limits.OfInbound(name), KeyOfInbound(name));
        }
    }

    /// <summary>What a user may use: what the configuration says of its name, then what its back-end says, then what is for all.</summary>
    /// <param name="account">The user (<see cref="UserIdentity.Account"/>).</param>
    public ScopeLimits OfUser(string account) => known?.LimitsOf(account) is not { } own ? _limits.OfUser(UserAccount.NameOf(account))
        : _limits.Users.TryGetValue(UserAccount.NameOf(account), out ScopeLimits? named) ? named.Or(own).Or(_limits.PerUser) : own.Or(_limits.PerUser);

    /// <summary>The limits of a user are others than before, for its live sessions too.</summary>
    public void Refresh(string account)
    {
        lock (_lock)
            if (_users.TryGetValue(account, out LimitScope? user)) Apply(user, account);
    }

    /// <summary>Counts a session; it is uncounted when it ends. A session that is refused is counted nowhere.</summary>
    /// <returns>The limit that is reached, as a sentence; null: the session may go on.</returns>
    public string? Enter(Session session)
    {
        RequestInfo request = session.Request;
        lock (_lock)
        {
            IPAddress client = ClientPrefix.Of(request.Client.Address);
            int count = CountOf(request);
            if (count > 0 && RefusalOfAssociation(request, client, null) is { } full) return full;
            if (request.Account is { } account && Refusal(request, account) is { } refusal) return refusal;
            LimitScope ofClient = Enter(_clients, client, count, out bool isNew);
            if (isNew) ofClient.Apply(_limits.PerClient, PerClientKey);
            LimitScope? ofUser = request.Account is { } user ? EnterUser(user, count) : null;
            LimitScope ofInbound = Enter(_inbounds, request.Inbound, count, out isNew);
            if (isNew) ofInbound.Apply(_limits.OfInbound(request.Inbound), KeyOfInbound(request.Inbound));
            session.Pace = new SessionPace(ofClient, ofUser, ofInbound, time, reports);
            return null;
        }
    }

    /// <summary>The result that <see cref="Enter(Session)"/> would have for a request now. Nothing is counted, and the rate of new sessions
    /// is left out.</summary>
    /// <param name="request">The request.</param>
    /// <param name="shadows">Gets what limits that only report would refuse.</param>
    public string? RefusalOf(RequestInfo request, List<string> shadows)
    {
        lock (_lock)
        {
            return (CountOf(request) > 0 ? RefusalOfAssociation(request, ClientPrefix.Of(request.Client.Address), shadows) : null)
                ?? (request.Account is { } account ? RefusalOfUser(request, account, shadows) : null);
        }
    }

    /// <summary>Uncounts a session that was counted.</summary>
    public void Leave(Session session)
    {
        if (session.Pace is null) return;
        RequestInfo request = session.Request;
        lock (_lock)
        {
            int count = CountOf(request);
            Leave(_clients[ClientPrefix.Of(request.Client.Address)], count);
            if (request.Account is { } account) Leave(_users[account], count);
            Leave(_inbounds[request.Inbound], count);
        }
    }

    /// <summary>The accounts of the users that have live sessions.</summary>
    public IReadOnlyList<string> GetAccounts()
    {
        lock (_lock) return [.. _users.Where(user => user.Value.Sessions > 0).Select(user => user.Key)];
    }

    /// <summary>Whether a user has used up its month.</summary>
    public bool IsOverQuota(string account) => !OfUser(account).IsShadow && StateOf(account) != QuotaState.Left;

    /// <summary>Whether a user may go on by its quota.</summary>
    public QuotaState StateOf(string account) => OfUser(account).Quota is not { } quota ? QuotaState.Left
        : _fleet is { } fleet ? fleet.StateOf(account, quota)
        : usage.UsedThisMonth(account) >= quota ? QuotaState.UsedUp : QuotaState.Left;

    /// <summary>The bytes of a user this month: on all nodes, where its quota is that of a fleet.</summary>
    public long UsedThisMonth(string account) =>
        _fleet is { } fleet && OfUser(account).Quota is not null ? fleet.UsedBy(account) : usage.UsedThisMonth(account);

    /// <summary>Drops entries that no longer matter. Called periodically.</summary>
    public void Sweep()
    {
        _newOfUser.Sweep();
        // Shares run out while the store is away.
        if (_shares is not null) RefreshUsers();
        lock (_lock)
        {
            RemoveIdle(_clients);
            RemoveIdle(_users);
            RemoveIdle(_inbounds);
        }
    }

    private static int CountOf(RequestInfo request) => request.Network == Network.Udp ? 1 : 0;

    private string? RefusalOfAssociation(RequestInfo request, IPAddress client, List<string>? shadows)
    {
        if (_limits.PerClient.Associations is { } perClient && AssociationsOf(_clients, client) >= perClient
            && Judge(_limits.PerClient, request, "limits.udp_per_client", $"limits.udp_per_client ({perClient}) is reached", shadows) is { } ofClient)
            return ofClient;
        ScopeLimits inbound = _limits.OfInbound(request.Inbound);
        if (inbound.Associations is { } perInbound && AssociationsOf(_inbounds, request.Inbound) >= perInbound)
        {
            string key = $"limits.inbounds.{request.Inbound}.udp";
            if (Judge(inbound, request, key, $"{key} ({perInbound}) is reached", shadows) is { } ofInbound) return ofInbound;
        }
        if (request.Account is not { } user || OfUser(user) is not { Associations: { } perUser } limits) return null;
        long share = ShareOf(user, ShareKind.Associations, perUser)!.Value;
        if (AssociationsOf(_users, user) < share) return null;
        if (shadows is null) _shares?.Tried(user, ShareKind.Associations);
        return Judge(limits, request, KeyOf(user, "udp"), $"{request.User} has {Amount(share, perUser, "UDP association")}", shadows);
    }

    // A refusal, unless it is only told.
    private string? Judge(ScopeLimits limits, RequestInfo request, string key, string refusal, List<string>? shadows)
    {
        if (!limits.IsShadow) return refusal;
        if (shadows is not null) shadows.Add($"{key} would refuse it, and only reports: {refusal}");
        else reports?.WouldRefuse(key, request.Client, refusal);
        return null;
    }

    private string KeyOf(string account, string limit) => UserAccount.NameOf(account) is var user && _limits.Users.ContainsKey(user)
        ? $"limits.users.{user}.{limit}" : $"limits.{limit}_per_user";

    private static string KeyOfInbound(string inbound) => $"limits.inbounds.{inbound}.bandwidth";

    private static int AssociationsOf<TKey>(Dictionary<TKey, LimitScope> scopes, TKey key)
        where TKey : notnull => scopes.TryGetValue(key, out LimitScope? scope) ? scope.Associations : 0;

    private string? Refusal(RequestInfo request, string account)
    {
        if (RefusalOfUser(request, account, null) is { } standing) return standing;
        ScopeLimits limits = OfUser(account);
        if (limits.NewPerSecond is not { } rate) return null;
        _shares?.Tried(account, ShareKind.New);
        long share = ShareOf(account, ShareKind.New, rate)!.Value;
        return _newOfUser.TryPass(account, (int)share) ? null : Judge(limits, request, KeyOf(account, "new"), share == rate
            ? $"{request.User} opens more than {CountText.Of(rate, "connection")} a second"
            : $"{request.User} opens more than {CountText.Of(share, "connection")} a second, this node's share of its {rate}", null);
    }

    private string? RefusalOfUser(RequestInfo request, string account, List<string>? shadows)
    {
        ScopeLimits limits = OfUser(account);
        if (StateOf(account) is not QuotaState.Left and var state
            && Judge(limits, request, KeyOf(account, "quota"), state == QuotaState.UsedUp ? $"the quota of {request.User} is used up for this month"
                : $"what is left of the quota of {request.User} cannot be asked for while the store of the fleet is away", shadows) is { } used)
            return used;
        int sessions = _users.TryGetValue(account, out LimitScope? scope) ? scope.Sessions : 0;
        if (limits.Connections is not { } connections) return null;
        long share = ShareOf(account, ShareKind.Connections, connections)!.Value;
        if (sessions < share) return null;
        if (shadows is null) _shares?.Tried(account, ShareKind.Connections);
        return Judge(limits, request, KeyOf(account, "connections"), $"{request.User} has {Amount(share, connections, "connection")}", shadows);
    }

    private LimitScope EnterUser(string account, int associations)
    {
        LimitScope scope = Enter(_users, account, associations, out bool isNew);
        if (isNew) Apply(scope, account);
        if (scope.Sessions == 1 && _shares is { } shares && IsShared(OfUser(account))) shares.Appeared(account);
        return scope;
    }

    private LimitScope Enter<TKey>(Dictionary<TKey, LimitScope> scopes, TKey key, int associations, out bool isNew)
        where TKey : notnull
    {
        isNew = !scopes.TryGetValue(key, out LimitScope? known);
        LimitScope scope = known ?? new LimitScope(time);
        if (isNew) scopes[key] = scope;
        scope.Sessions++;
        scope.Associations += associations;
        return scope;
    }

    private static void Leave(LimitScope scope, int associations)
    {
        scope.Sessions--;
        scope.Associations -= associations;
    }

    private static void RemoveIdle<TKey>(Dictionary<TKey, LimitScope> scopes)
        where TKey : notnull
    {
        foreach ((TKey key, LimitScope scope) in scopes)
            if (scope.IsIdle) scopes.Remove(key);
    }
}
