using System.Collections.Concurrent;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Identity;

/// <summary>The users of all inbounds of a server. Outlives reloads. Thread-safe.</summary>
internal sealed class UserDirectories(TimeProvider time, PasswordVerifier passwords)
{
    private readonly ConcurrentDictionary<string, UsersInForce> _inForce = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastLogins = new(StringComparer.Ordinal);

    /// <summary>The users of an inbound of the same name in the configuration in force; those of the record until one is.</summary>
    public UsersInForce Of(InboundConfig inbound) =>
        _inForce.GetOrAdd(inbound.Name, _ => new UsersInForce(Make(inbound)));

    /// <summary>Makes the directories of a configuration that is to be put in force; this is where one can be at fault.</summary>
    /// <param name="inbounds">Its inbounds.</param>
    /// <param name="names">What clients may choose in their names; null: nothing.</param>
    public IReadOnlyDictionary<string, UserDirectory> Build(IEnumerable<InboundConfig> inbounds, NameParametersConfig? names = null) =>
        inbounds.ToDictionary(inbound => inbound.Name, inbound => Make(inbound, names), StringComparer.Ordinal);

    /// <summary>Puts them in force. Connections of an inbound that is not among them keep the users they had.</summary>
    public void Use(IReadOnlyDictionary<string, UserDirectory> directories)
    {
        foreach ((string inbound, UserDirectory users) in directories) _inForce.GetOrAdd(inbound, _ => new UsersInForce(users)).Now = users;
        HashSet<string> names = [.. directories.Values.SelectMany(directory => directory.Users).Select(user => user.Name)];
        foreach (string name in _lastLogins.Keys)
            if (!names.Contains(name)) _lastLogins.TryRemove(name, out _);
    }

    /// <summary>Whether a user of an inbound ends one day.</summary>
    public bool HaveExpiry => _inForce.Values.Any(users => users.Now.HasExpiry);

    /// <summary>A user has come in.</summary>
    public void LoggedIn(string user) => _lastLogins[user] = time.GetUtcNow();

    /// <summary>When a user came in last; null: not since the server's start.</summary>
    public DateTimeOffset? LastLoginOf(string user) => _lastLogins.TryGetValue(user, out DateTimeOffset last) ? last : null;

    /// <summary>Whether a user that came in through an inbound is still one that may.</summary>
    public LoginOutcome StateOf(string inbound, string user) =>
        _inForce.TryGetValue(inbound, out UsersInForce? users) ? users.Now.StateOf(user) : LoginOutcome.Ok;

    private UserDirectory Make(InboundConfig inbound, NameParametersConfig? names = null) =>
        new(inbound.Users, time, passwords, inbound.Tls?.Clients, names);
}
