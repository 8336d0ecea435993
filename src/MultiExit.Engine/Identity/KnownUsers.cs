using System.Collections.Concurrent;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Identity;

/// <summary>The users that back-ends have let in, as far as they are remembered: their limits count, and operators see them. Outlives reloads.
/// Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class KnownUsers(TimeProvider time)
{
    /// <summary>How many are remembered; of more, those that came in longest ago are forgotten until they come in again.</summary>
    public const int MaxCount = 16_384;

    private readonly ConcurrentDictionary<string, KnownUser> _users = new(StringComparer.Ordinal);

    /// <summary>Called with the name of a user whose limits are others than before.</summary>
    public Action<string>? LimitsChanged { get; set; }

    /// <summary>All of them.</summary>
    public IEnumerable<KeyValuePair<string, KnownUser>> All => _users;

    /// <summary>A user; null where none is known by the name.</summary>
    public KnownUser? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>What a back-end lets a user use; null: it says nothing.</summary>
    public ScopeLimits? LimitsOf(string name) => Find(name)?.User.Limits;

    /// <summary>A user has come in.</summary>
    public void Note(UserIdentity identity, string inbound)
    {
        if (identity.BackEndUser is not { } user) return;
        ScopeLimits? before = LimitsOf(user.Name);
        _users.AddOrUpdate(user.Name,
            _ => new KnownUser(user, identity.Login, [inbound], time.GetUtcNow()),
            (_, known) => new KnownUser(user, identity.Login,
                known.Inbounds.Contains(inbound, StringComparer.Ordinal) ? known.Inbounds : [.. known.Inbounds, inbound], time.GetUtcNow()));
        if (before != user.Limits) LimitsChanged?.Invoke(user.Name);
        if (_users.Count > MaxCount) Shrink();
    }

    /// <summary>Forgets a user: it is one of the configuration now.</summary>
    public void Forget(string name) => _users.TryRemove(name, out _);

    // An eighth at once, so that it is not for each.
    private void Shrink()
    {
        foreach (KeyValuePair<string, KnownUser> user in _users.OrderBy(user => user.Value.LastLogin).Take(MaxCount / 8).ToArray())
            _users.TryRemove(user.Key, out _);
    }
}
