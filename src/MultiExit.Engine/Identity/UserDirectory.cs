using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.Unicode;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Identity;

/// <summary>The users of one inbound, found by what a client can show. Immutable; a reload makes a new one.</summary>
/// <remarks>A user that may not come in is found as well: all secrets are compared before that is looked at, so that the time an answer takes says
/// nothing of it.</remarks>
internal sealed class UserDirectory
{
    private readonly TimeProvider _time;
    private readonly FrozenDictionary<string, UserConfig> _users;
    private readonly NetworkTable<UserConfig> _networks;
    private readonly TokenTable _tokens;
    private readonly (UserConfig User, NamedSecret Secret)[] _tokenOwners;
    private readonly (UserConfig User, NamedSecret Secret)[] _keyOwners;
    private readonly (UserConfig User, NamedSecret Secret)[] _pskOwners;
    // Compared with when the user is unknown, so that a wrong name takes as long as a wrong password.
    private readonly Secret _nobody = Secret.Random();
    private readonly PasswordHash? _decoy;
    private readonly PasswordVerifier _verifier;
    private readonly UsersElsewhere? _elsewhere;
    private readonly NameParametersConfig? _names;
    private readonly CertificateTable _certificates;

    /// <param name="users">The users.</param>
    /// <param name="time">The clock.</param>
    /// <param name="verifier">Computes hashes; null: one of its own.</param>
    /// <param name="clients">The certificates that the inbound asks for; null: none.</param>
    /// <param name="elsewhere">The users that are not among them; null: there are none.</param>
    /// <param name="names">What clients may choose in their names; null: nothing.</param>
    /// <exception cref="ProxyException">A key is not valid, which only a configuration made in code can have.</exception>
    public UserDirectory(
        IReadOnlyList<UserConfig> users, TimeProvider time, PasswordVerifier? verifier = null, TlsClientsConfig? clients = null,
        UsersElsewhere? elsewhere = null, NameParametersConfig? names = null)
    {
        _time = time;
        _elsewhere = elsewhere;
        _names = names;
        _verifier = verifier ?? new PasswordVerifier(time);
        _decoy = PasswordHash.Decoy(users.Select(user => user.PasswordHash).OfType<PasswordHash>());
        Dictionary<string, UserConfig> byName = new(StringComparer.Ordinal);
        foreach (UserConfig user in users) byName.TryAdd(user.Name, user);
        _users = byName.ToFrozenDictionary(StringComparer.Ordinal);
        HasExpiry = users.Any(user => user.Expires is not null);
        HasPasswords = elsewhere is not null || users.Any(user => user.HasPassword);
        _certificates = new CertificateTable(users, clients);
        _networks = new(users.SelectMany(user => user.Networks.Select(network => (network, user))));
        _tokenOwners = [.. users.SelectMany(user => user.Tokens.Select(token => (user, token)))];
        _tokens = new([.. _tokenOwners.Select(owner => owner.Secret.Value)]);
        _keyOwners = [.. users.SelectMany(user => user.Keys.Select(key => (user, key)))];
        _pskOwners = [.. users.SelectMany(user => user.Psks.Select(psk => (user, psk)))];
        Psks = [.. _pskOwners.Select(owner => owner.Secret.Value)];
        Keys = [.. _keyOwners.Select(owner => TunnelPsk.TryCreate(owner.Secret.Value.Reveal(), out TunnelPsk? psk) ? psk
            : throw new ProxyException(ProxyError.InvalidConfiguration,
                $"user {owner.User.Name}: the key {owner.Secret.Name} is empty, or not 32 bytes behind base64:"))];
    }

    /// <summary>True when clients need not say who they are.</summary>
    public bool IsEmpty => _users.Count == 0 && _elsewhere is null;

    /// <summary>Whether one of them ends one day.</summary>
    public bool HasExpiry { get; }

    /// <summary>Whether there is a password to be asked for.</summary>
    public bool HasPasswords { get; }

    /// <summary>Whether there is a token to be asked for.</summary>
    public bool HasTokens => _tokens.Count > 0 || _elsewhere is { TakesTokens: true };

    /// <summary>The keys for tunnels; <see cref="ByKey"/> takes a place in this list.</summary>
    public IReadOnlyList<TunnelPsk> Keys { get; }

    /// <summary>The keys for Shadowsocks; <see cref="ByPsk"/> takes a place in this list.</summary>
    public IReadOnlyList<Secret> Psks { get; }

    /// <summary>The users.</summary>
    public IEnumerable<UserConfig> Users => _users.Values;

    /// <summary>The user that a client names, and what it has chosen beside that.</summary>
    public (string User, NameChoice? Choice) Read(string name) => NameReader.Read(name, _names);

    /// <summary>Finds a user by a name; null for none.</summary>
    public UserConfig? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>Checks a name and a password as they came over the wire (UTF-8).</summary>
    /// <param name="name">The name, with what the client has chosen. A choice that cannot be is no failed login.</param>
    /// <param name="password">The password.</param>
    /// <param name="client">Who logs in.</param>
    /// <param name="cancellationToken">Ends the wait for a hash or a back-end.</param>
    /// <exception cref="ProxyException"><see cref="ProxyError.Overloaded"/>: too many logins wait; <see cref="ProxyError.BackEndUnavailable"/>: the
    /// back-end does not answer.</exception>
    public async ValueTask<LoginResult> ByPasswordAsync(
        ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, IPAddress client, CancellationToken cancellationToken)
    {
        // Bytes that are no UTF-8 name nobody: with others in their place they could be another user's name, and be asked about as that.
        bool isText = Utf8.IsValid(name.Span);
        (string given, NameChoice? choice) = isText ? Read(Encoding.UTF8.GetString(name.Span)) : ("", null);
        UserConfig? user = isText ? _users.GetValueOrDefault(given) : null;
        LoginResult refused = LoginResult.Wrong;
        if (user is null && _elsewhere is not null)
        {
            ReadOnlyMemory<byte> asked = choice is null ? name : Encoding.UTF8.GetBytes(given);
            refused = await _elsewhere.ByPasswordAsync(asked, password, client, cancellationToken).ConfigureAwait(false);
            if (refused.IsOk) return refused with { Identity = refused.Identity! with { Choice = choice } };
        }
        try
        {
            if (await MatchesAsync(user, password, client, cancellationToken).ConfigureAwait(false)) return Judge(user!, "password", choice);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.Overloaded && user is null && _elsewhere is not null)
        {
            // The back-end has answered already, and that is what counts.
            return refused;
        }
        // As long as the denial of a name that is asked about: neither is the time to tell which names are known here.
        if (user is not null && _elsewhere is not null) await _elsewhere.LikeADenialAsync(_time.GetTimestamp(), cancellationToken).ConfigureAwait(false);
        return refused;
    }

    private async ValueTask<bool> MatchesAsync(UserConfig? user, ReadOnlyMemory<byte> password, IPAddress client, CancellationToken cancellationToken)
    {
        if (user?.PasswordHash is { } hash) return await _verifier.VerifyAsync(hash, password, client, cancellationToken).ConfigureAwait(false);
        bool matches = (user?.Password ?? _nobody).Matches(password.Span) && user?.Password is not null;
        // Where others have hashes, so that the time does not tell them apart.
        if (!matches && _decoy is not null) await _verifier.VerifyAsync(_decoy, password, client, cancellationToken).ConfigureAwait(false);
        return matches;
    }

    /// <summary>Checks a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="client">Who logs in.</param>
    /// <param name="cancellationToken">Ends the wait for a back-end.</param>
    /// <exception cref="ProxyException">As for <see cref="ByPasswordAsync"/>.</exception>
    public ValueTask<LoginResult> ByTokenAsync(ReadOnlyMemory<byte> token, IPAddress client, CancellationToken cancellationToken)
    {
        LoginResult known = ByToken(token.Span);
        return known.Identity is null && _elsewhere is not null ? _elsewhere.ByTokenAsync(token, client, cancellationToken) : new(known);
    }

    /// <summary>Checks a token against those of the configuration.</summary>
    public LoginResult ByToken(ReadOnlySpan<byte> token)
    {
        int index = _tokens.IndexOf(token);
        return index < 0 ? LoginResult.Wrong : Judge(_tokenOwners[index].User, $"token:{_tokenOwners[index].Secret.Name}");
    }

    /// <summary>Whether a user that a back-end has let in is one of that back-end still.</summary>
    public bool HasOfBackEnd(UserIdentity identity) => _elsewhere?.Has(identity) == true;

    /// <summary>The user of a key that a handshake was made with.</summary>
    /// <param name="index">Its place in <see cref="Keys"/>.</param>
    public LoginResult ByKey(int index) => Judge(_keyOwners[index].User, $"key:{_keyOwners[index].Secret.Name}");

    /// <summary>The user of a key of Shadowsocks that a request was made with.</summary>
    /// <param name="index">Its place in <see cref="Psks"/>.</param>
    public LoginResult ByPsk(int index) => Judge(_pskOwners[index].User, $"psk:{_pskOwners[index].Secret.Name}");

    /// <summary>The secret of a key, by its place in <see cref="Keys"/>.</summary>
    public Secret SecretOf(int key) => _keyOwners[key].Secret.Value;

    /// <summary>The user whose network a client is in; of several networks the one with the longest prefix counts.</summary>
    public LoginResult ByNetwork(IPAddress client) => _networks.Find(client) is { } user ? Judge(user, "network") : LoginResult.Wrong;

    /// <summary>The user of a valid certificate; <see cref="LoginOutcome.Wrong"/> where it is nobody's.</summary>
    public LoginResult ByCertificate(ClientCertificate certificate)
    {
        (IReadOnlyList<UserConfig> users, CertificateProperty property) = _certificates.Find(certificate);
        if (users.Count == 0) return LoginResult.Wrong;
        LoginResult login = Judge(users[0], UserConfig.LoginOf(property));
        return users.Count == 1 ? login : login with { Outcome = LoginOutcome.Ambiguous };
    }

    /// <summary>Whether a client that came in as a user would come in as that now.</summary>
    public LoginOutcome StateOf(string name) => _users.GetValueOrDefault(name) is { } user ? StateOf(user) : LoginOutcome.Wrong;

    private LoginResult Judge(UserConfig user, string login, NameChoice? choice = null) =>
        new(StateOf(user), new UserIdentity(user.Name, login, user.Groups) { Choice = choice });

    private LoginOutcome StateOf(UserConfig user) =>
        user.Disabled ? LoginOutcome.Disabled : user.Expires is { } end && _time.GetUtcNow() >= end ? LoginOutcome.Expired : LoginOutcome.Ok;
}
