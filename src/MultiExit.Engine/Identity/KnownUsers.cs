using System.Collections.Concurrent;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Identity;

/// <summary>The users that back-ends have let in, as far as they are remembered: their limits count, and operators see them. Outlives reloads.
/// Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class KnownUsers(TimeProvider time)
{
    /// <summary>How many are remembered beside those that are connected; of more, those that came in longest ago are forgotten until they come in
    /// again.</summary>
    public const int MaxCount = 16_384;

    private readonly ConcurrentDictionary<string, KnownUser> _users = new(StringComparer.Ordinal); // by account
    private readonly ConcurrentDictionary<string, string> _accounts = new(StringComparer.Ordinal); // by name, the one that came in last
    private int _tooMany = MaxCount;

    /// <summary>Called with the account of a user whose limits are others than before.</summary>
    public Action<string>? LimitsChanged { get; set; }

    /// <summary>The accounts of the users that have sessions, or connections on which they may open some: their limits hold as long as they do.</summary>
    public Func<IEnumerable<string>>? Present { get; set; }

    /// <summary>All of them.</summary>
    public IEnumerable<KnownUser> All => _users.Values;

    /// <summary>A user; where several back-ends have one of the name, the one that came in last. Null where none is known by it.</summary>
    public KnownUser? Find(string name) => _accounts.TryGetValue(name, out string? account) ? FindAccount(account) : null;

    /// <summary>A user by its account; null where none is known by it.</summary>
    public KnownUser? FindAccount(string account) => _users.GetValueOrDefault(account);

    /// <summary>What a back-end lets a user use; null: it says nothing.</summary>
    public ScopeLimits? LimitsOf(string account) => FindAccount(account)?.User.Limits;

    /// <summary>A user has come in.</summary>
    public void Note(UserIdentity identity, string inbound)
    {
        if (identity.BackEndUser is not { } user) return;
        string account = identity.Account;
        ScopeLimits? before = LimitsOf(account);
        _users.AddOrUpdate(account,
            _ => new KnownUser(user, identity.Login, [inbound], time.GetUtcNow()) { Account = account },
            (_, known) => new KnownUser(user, identity.Login,
                known.Inbounds.Contains(inbound, StringComparer.Ordinal) ? known.Inbounds : [.. known.Inbounds, inbound], time.GetUtcNow())
            {
                Account = account,
            });
        _accounts[user.Name] = account;
        if (before != user.Limits) LimitsChanged?.Invoke(account);
        if (_users.Count > Volatile.Read(ref _tooMany)) Shrink();
    }

    /// <summary>Forgets the users of a name: it is one of the configuration now.</summary>
    public void Forget(string name)
    {
        if (!_accounts.ContainsKey(name)) return;
        foreach (string account in _users.Keys.Where(account => UserAccount.NameOf(account) == name)) Remove(account);
    }

    // An eighth at once, so that it is not for each. Those that are connected stay: logins of thousands of others must not lift their limits.
    private void Shrink()
    {
        HashSet<string> present = new(Present?.Invoke() ?? [], StringComparer.Ordinal);
        KnownUser[] gone = [.. _users.Values.Where(user => !present.Contains(user.Account)).OrderBy(user => user.LastLogin).Take(MaxCount / 8)];
        foreach (KnownUser user in gone) Remove(user.Account);
        // Connections have a limit of their own, so these have an end too; to look for one to forget at each login would be a cost for all.
        Volatile.Write(ref _tooMany, Math.Max(MaxCount, _users.Count + (MaxCount / 8)));
    }

    private void Remove(string account)
    {
        if (_users.TryRemove(account, out KnownUser? known)) _accounts.TryRemove(new(known.User.Name, account));
    }
}
