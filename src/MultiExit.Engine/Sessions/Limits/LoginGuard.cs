using System.Net;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Counts failed logins and locks out clients that have too many. Outlives reloads. Thread-safe.</summary>
internal sealed class LoginGuard(TimeProvider time, EngineLog log, ServerCounters counters)
{
    // Failures of so many clients are remembered. Beyond that, all are forgotten except those of clients that are locked out: a flood of
    // addresses must not let those in again.
    private const int MaxClients = 65_536;

    // What another node says of the same lockout differs by the time that it took.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly byte[] _nameKey = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<IPAddress, LoginFailures> _clients = [];
    private readonly Dictionary<string, long> _byInbound = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _byUser = new(StringComparer.Ordinal);
    private volatile LockoutConfig? _lockout;
    private volatile HashSet<string> _users = new(StringComparer.Ordinal);

    /// <summary>Whether a name is that of a user that a back-end has let in.</summary>
    public Func<string, bool> IsKnown { get; init; } = static _ => false;

    /// <summary>Called when a client was locked out here, with how long, or was let in again, with zero.</summary>
    public Action<IPAddress, TimeSpan>? Changed { get; set; }

    /// <summary>Puts a configuration in force; the counts stay.</summary>
    /// <param name="lockout">When clients are locked out; null: never.</param>
    /// <param name="users">The users of the configuration. Failures are counted for these only: other names are a client's own invention.</param>
    public void Apply(LockoutConfig? lockout, IEnumerable<string> users)
    {
        _lockout = lockout;
        _users = users.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The failed logins at an inbound.</summary>
    public long FailuresAt(string inbound)
    {
        lock (_lock) return _byInbound.GetValueOrDefault(inbound);
    }

    /// <summary>The failed logins with the name of a user of the configuration.</summary>
    public long FailuresOf(string user)
    {
        lock (_lock) return _byUser.GetValueOrDefault(user);
    }

    /// <summary>Whether a client is locked out now.</summary>
    public bool IsLocked(IPAddress client)
    {
        lock (_lock)
            return _clients.Count > 0 && _clients.TryGetValue(ClientPrefix.Of(client), out LoginFailures known) && known.LockedUntil > Now;
    }

    /// <summary>Notes a failed login.</summary>
    /// <param name="inbound">Where it was tried.</param>
    /// <param name="client">By whom.</param>
    /// <param name="user">The name that was given; null or <c>-</c>: none.</param>
    /// <param name="mayLockOut">False for the address of a load balancer, which stands for many clients.</param>
    /// <returns>True when the client is now locked out.</returns>
    public bool Failed(string inbound, IPEndPoint client, string? user, bool mayLockOut = true)
    {
        if (mayLockOut) log.LoginFailed(inbound, client, Shown(user));
        else log.LoginFailedBehind(inbound, client, Shown(user));
        counters.CountFailedLogin();
        lock (_lock)
        {
            _byInbound[inbound] = _byInbound.GetValueOrDefault(inbound) + 1;
            if (user is not null && IsUser(user)) _byUser[user] = _byUser.GetValueOrDefault(user) + 1;
        }
        if (!mayLockOut || _lockout is not { } lockout || (!lockout.Loopback && ClientPrefix.IsLoopback(client.Address))) return false;
        TimeSpan now = Now;
        IPAddress key = ClientPrefix.Of(client.Address);
        lock (_lock)
        {
            LoginFailures known = _clients.GetValueOrDefault(key);
            if (known.LockedUntil > now) return true;
            if (known.Count == 0 || now - known.First > lockout.Within) known = new(0, now, default, default);
            known = known with { Count = known.Count + 1 };
            if (known.Count >= lockout.Failures) known = new(0, now, now + lockout.Lasts, time.GetUtcNow() + lockout.Lasts);
            if (_clients.Count >= MaxClients) Forget(known => known.LockedUntil <= now);
            if (_clients.Count >= MaxClients) return false;
            _clients[key] = known;
            if (known.LockedUntil <= now) return false;
        }
        log.LockedOut(key, lockout.Lasts);
        Changed?.Invoke(key, lockout.Lasts);
        return true;
    }

    /// <summary>The clients that are locked out, and until when.</summary>
    public IReadOnlyList<LockedClient> GetLocked()
    {
        TimeSpan now = Now;
        DateTimeOffset today = time.GetUtcNow();
        lock (_lock)
        {
            return [.. _clients.Where(pair => pair.Value.LockedUntil > now)
                .Select(pair => new LockedClient(pair.Key, UntilOf(pair.Value, today + (pair.Value.LockedUntil - now))))];
        }
    }

    /// <summary>Lets a client in again and forgets its failures.</summary>
    /// <returns>True when it was locked out.</returns>
    public bool Unlock(IPAddress client)
    {
        if (!LetIn(client)) return false;
        Changed?.Invoke(ClientPrefix.Of(client), TimeSpan.Zero);
        return true;
    }

    /// <summary>Lets a client in again, as another node says.</summary>
    /// <returns>True when it was locked out.</returns>
    public bool LetIn(IPAddress client)
    {
        lock (_lock) return _clients.Remove(ClientPrefix.Of(client), out LoginFailures known) && known.LockedUntil > Now;
    }

    /// <summary>Locks a client out, as another node says; nothing where this server locks nobody out, or knows it already.</summary>
    /// <param name="client">The client.</param>
    /// <param name="lasts">How long from now on.</param>
    /// <param name="node">The node.</param>
    public void LockOut(IPAddress client, TimeSpan lasts, string node)
    {
        if (_lockout is null || ClientPrefix.IsLoopback(client)) return;
        TimeSpan until = Now + lasts;
        IPAddress key = ClientPrefix.Of(client);
        LoginFailures known;
        lock (_lock)
        {
            if (_clients.TryGetValue(key, out known) && known.LockedUntil > Now && known.LockedUntil >= until - Slack) return;
            if (_clients.Count >= MaxClients && !_clients.ContainsKey(key)) return;
            _clients[key] = new LoginFailures(0, Now, until, time.GetUtcNow() + lasts);
        }
        if (known.LockedUntil <= Now) log.LockedOutByNode(key, node, lasts);
    }

    /// <summary>The clients that are locked out, and for how much longer.</summary>
    public IReadOnlyList<(IPAddress Client, TimeSpan Lasts)> GetRemaining()
    {
        TimeSpan now = Now;
        lock (_lock) return [.. _clients.Where(pair => pair.Value.LockedUntil > now).Select(pair => (pair.Key, pair.Value.LockedUntil - now))];
    }

    /// <summary>The clients that are locked out or have failed logins, for another process.</summary>
    public IReadOnlyList<HandedFailures> Export()
    {
        TimeSpan now = Now;
        lock (_lock)
        {
            return [.. _clients.Select(pair => new HandedFailures(pair.Key.ToString(), pair.Value.Count, now - pair.Value.First,
                pair.Value.LockedUntil > now ? pair.Value.LockedUntil - now : TimeSpan.Zero))];
        }
    }

    /// <summary>The failed logins by inbound and by user, for another process.</summary>
    public (IReadOnlyDictionary<string, long> ByInbound, IReadOnlyDictionary<string, long> ByUser) ExportCounts()
    {
        lock (_lock)
            return (new Dictionary<string, long>(_byInbound, StringComparer.Ordinal), new Dictionary<string, long>(_byUser, StringComparer.Ordinal));
    }

    /// <summary>Goes on from the counts of another process.</summary>
    public void ImportCounts(IReadOnlyDictionary<string, long> byInbound, IReadOnlyDictionary<string, long> byUser)
    {
        lock (_lock)
        {
            foreach ((string inbound, long count) in byInbound) _byInbound[inbound] = _byInbound.GetValueOrDefault(inbound) + count;
            foreach ((string user, long count) in byUser) _byUser[user] = _byUser.GetValueOrDefault(user) + count;
        }
    }

    /// <summary>Takes those that another process knows.</summary>
    public void Import(IReadOnlyList<HandedFailures> handed)
    {
        TimeSpan now = Now;
        DateTimeOffset today = time.GetUtcNow();
        lock (_lock)
        {
            foreach (HandedFailures failures in handed.Where(failures => failures.Address is not null).Take(MaxClients - _clients.Count))
            {
                bool locked = failures.Locked > TimeSpan.Zero;
                _clients.TryAdd(failures.Address!, new LoginFailures(
                    failures.Count, now - failures.Since, locked ? now + failures.Locked : default, locked ? today + failures.Locked : default));
            }
        }
    }

    /// <summary>Drops entries that no longer matter. Called periodically.</summary>
    public void Sweep()
    {
        TimeSpan now = Now;
        TimeSpan within = _lockout?.Within ?? TimeSpan.Zero;
        lock (_lock) Forget(known => known.LockedUntil <= now && (known.Count == 0 || now - known.First > within));
    }

    // The wall clock may be set; how long a lockout lasts does not depend on it.
    private TimeSpan Now => time.GetElapsedTime(0);

    // The same value for each call, unless the wall clock has been set.
    private static DateTimeOffset UntilOf(LoginFailures known, DateTimeOffset until) =>
        (until - known.Until).Duration() < TimeSpan.FromSeconds(1) ? known.Until : until;

    // A name that no user has may be a password, typed into the wrong field. The log shows only whether such a name is the same as before.
    private string? Shown(string? user)
    {
        if (user is null or "" or "-") return null;
        if (IsUser(user)) return user;
        return "unknown-" + Convert.ToHexStringLower(HMACSHA256.HashData(_nameKey, Encoding.UTF8.GetBytes(user)).AsSpan(0, 4));
    }

    private bool IsUser(string name) => _users.Contains(name) || IsKnown(name);

    private void Forget(Func<LoginFailures, bool> outdated)
    {
        foreach ((IPAddress client, LoginFailures known) in _clients)
            if (outdated(known)) _clients.Remove(client);
    }

    /// <param name="Count">Failed logins since <paramref name="First"/>.</param>
    /// <param name="First">The first of them.</param>
    /// <param name="LockedUntil">Until when it is locked out; default: it is not.</param>
    /// <param name="Until">The same as the wall clock had it then.</param>
    private readonly record struct LoginFailures(int Count, TimeSpan First, TimeSpan LockedUntil, DateTimeOffset Until);
}
