using System.Collections.Concurrent;
using System.Collections.Frozen;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Identity;

/// <summary>The users of all inbounds of a server. Outlives reloads. Thread-safe.</summary>
internal sealed class UserDirectories(TimeProvider time, PasswordVerifier passwords)
{
    private readonly ConcurrentDictionary<string, UsersInForce> _inForce = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastLogins = new(StringComparer.Ordinal);

    /// <summary>The users that back-ends have let in.</summary>
    public KnownUsers Known { get; } = new(time);

    /// <summary>The users of an inbound of the same name in the configuration in force; those of the record until one is.</summary>
    public UsersInForce Of(InboundConfig inbound) =>
        _inForce.GetOrAdd(inbound.Name, _ => new UsersInForce(Make(inbound)));

    /// <summary>Makes the directories of a configuration that is to be put in force; this is where one can be at fault.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="sources">Its back-ends.</param>
    public IReadOnlyDictionary<string, UserDirectory> Build(GatewayConfig config, IReadOnlyDictionary<AuthConfig, IUserSource> sources)
    {
        FrozenSet<string> reserved = NamesIn(config);
        return config.Inbounds.ToDictionary(inbound => inbound.Name, inbound => Make(inbound, config.NameParameters,
            inbound.Auth is { } auth ? new UsersElsewhere(sources[auth], inbound.Name, reserved, time) : null), StringComparer.Ordinal);
    }

    /// <summary>The names of all users of a configuration.</summary>
    public static FrozenSet<string> NamesIn(GatewayConfig config) =>
        config.Users.Concat(config.Inbounds.SelectMany(inbound => inbound.Users)).Select(user => user.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Puts them in force. Connections of an inbound that is not among them keep the users they had.</summary>
    public void Use(IReadOnlyDictionary<string, UserDirectory> directories)
    {
        foreach ((string inbound, UserDirectory users) in directories) _inForce.GetOrAdd(inbound, _ => new UsersInForce(users)).Now = users;
        HashSet<string> names = [.. directories.Values.SelectMany(directory => directory.Users).Select(user => user.Name)];
        foreach (string name in names) Known.Forget(name);
        foreach (string name in _lastLogins.Keys)
            if (!names.Contains(name)) _lastLogins.TryRemove(name, out _);
    }

    /// <summary>Whether a user of an inbound ends one day.</summary>
    public bool HaveExpiry => _inForce.Values.Any(users => users.Now.HasExpiry);

    /// <summary>A user has come in.</summary>
    public void LoggedIn(UserIdentity identity, string inbound)
    {
        if (identity.BackEndUser is null) _lastLogins[identity.Name] = time.GetUtcNow();
        else Known.Note(identity, inbound);
    }

    /// <summary>When a user came in last; null: not since the server's start.</summary>
    public DateTimeOffset? LastLoginOf(string user) =>
        _lastLogins.TryGetValue(user, out DateTimeOffset last) ? last : Known.Find(user)?.LastLogin;

    /// <summary>Whether a user that came in through an inbound is still one that may.</summary>
    public LoginOutcome StateOf(string inbound, string user) =>
        _inForce.TryGetValue(inbound, out UsersInForce? users) ? users.Now.StateOf(user) : LoginOutcome.Ok;

    private UserDirectory Make(InboundConfig inbound, NameParametersConfig? names = null, UsersElsewhere? elsewhere = null) =>
        new(inbound.Users, time, passwords, inbound.Tls?.Clients, elsewhere, names);
}
