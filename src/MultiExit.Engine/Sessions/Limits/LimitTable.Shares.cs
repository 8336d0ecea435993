using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Sessions.Limits;

/// <content>Limits of users of which this server, as a node of a fleet, has a share.</content>
internal sealed partial class LimitTable
{
    // New sessions wait for no more than so many users.
    private const int Part = 256;

    private volatile IFleetShares? _shares;

    /// <summary>The fleet that this server is a node of; null: the limits of users are its own.</summary>
    public IFleetShares? Shares
    {
        get => _shares;
        set
        {
            _shares = value;
            RefreshUsers();
        }
    }

    /// <summary>Shares are others than before: the bandwidth of live sessions is that of now.</summary>
    public void RefreshUsers()
    {
        foreach (string[] part in Known().Chunk(Part))
            lock (_lock)
                foreach (string account in part)
                    if (_users.TryGetValue(account, out LimitScope? user)) Apply(user, account);
    }

    /// <summary>What users have of limits that are shared: those with sessions, and others that are asked for.</summary>
    /// <param name="also">Users that may have no session.</param>
    public IReadOnlyList<UserUse> GetUses(IEnumerable<string> also)
    {
        List<UserUse> uses = [];
        foreach (string[] part in Known().Union(also, StringComparer.Ordinal).Chunk(Part))
            lock (_lock)
                foreach (string account in part)
                {
                    ScopeLimits limits = OfUser(account);
                    if (!IsShared(limits)) continue;
                    LimitScope? scope = _users.GetValueOrDefault(account);
                    uses.Add(new UserUse(account, limits, scope?.Sessions ?? 0, scope?.Associations ?? 0, scope?.TakeUse()));
                }
        return uses;
    }

    /// <summary>The live sessions of a user. Whoever has lowered a share before sees all that were let in by the share of before.</summary>
    public (int Sessions, int Associations) CountOf(string account)
    {
        lock (_lock) return _users.TryGetValue(account, out LimitScope? scope) ? (scope.Sessions, scope.Associations) : default;
    }

    private string[] Known()
    {
        lock (_lock) return [.. _users.Keys];
    }

    private static bool IsShared(ScopeLimits limits) =>
        limits is { Connections: not null } or { Associations: not null } or { NewPerSecond: not null } or { Bandwidth: not null };

    private void Apply(LimitScope user, string account)
    {
        ScopeLimits limits = OfUser(account);
        user.Apply(limits, KeyOf(account, "bandwidth"), ShareOf(account, ShareKind.Up, limits.Bandwidth), ShareOf(account, ShareKind.Down, limits.Bandwidth));
    }

    private long? ShareOf(string account, ShareKind kind, long? limit) =>
        limit is { } whole && _shares is { } shares ? shares.ShareOf(account, kind, whole) : limit;

    // A user that has more elsewhere is told so.
    private static string Amount(long share, long limit, string what) => share == limit ? $"its {CountText.Of(limit, what)}"
        : $"the {CountText.Of(share, what)} that {(share == 1 ? "is" : "are")} this node's share of its {limit}";
}
