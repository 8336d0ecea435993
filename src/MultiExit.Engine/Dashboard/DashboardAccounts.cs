using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.Dashboard;

/// <summary>Who may come in, by a configuration. Immutable; compares in constant time.</summary>
internal sealed class DashboardAccounts
{
    // Compared with where there is no such user, so that a wrong name takes as long as a wrong password.
    private static readonly Secret Nobody = Secret.Random();

    private readonly Dictionary<string, DashboardUser> _users;
    private readonly PasswordHash? _decoy;
    private readonly (Secret Secret, DashboardVisitor Visitor)[] _tokens;

    public DashboardAccounts(DashboardConfig config)
    {
        _users = config.Users.ToDictionary(user => user.Name, StringComparer.Ordinal);
        _decoy = PasswordHash.Decoy(config.Users.Select(user => user.PasswordHash).OfType<PasswordHash>());
        _tokens =
        [
            .. OfToken(config.Token, DashboardConfig.TokenUser, DashboardRole.Operator),
            .. OfToken(config.ReadToken, DashboardConfig.ReadTokenUser, DashboardRole.Reader),
        ];
    }

    /// <summary>Whether somebody may log in with a token, and with a name and a password.</summary>
    public (bool Token, bool Users) Ways => (_tokens.Length > 0, _users.Count > 0);

    /// <summary>Who has this token; null: nobody.</summary>
    public DashboardVisitor? ByToken(string token)
    {
        byte[] given = Encoding.UTF8.GetBytes(token);
        DashboardVisitor? found = null;
        foreach ((Secret secret, DashboardVisitor visitor) in _tokens)
            if (secret.Matches(given)) found ??= visitor;
        if (_tokens.Length == 0) Nobody.Matches(given);
        return found;
    }

    /// <summary>Who has this name and password; null: nobody. A wrong name takes as long as a wrong password.</summary>
    /// <exception cref="ProxyException"><see cref="ProxyError.Overloaded"/>: too many logins wait for their hash.</exception>
    public async ValueTask<DashboardVisitor?> ByPasswordAsync(
        string name, string password, PasswordVerifier verifier, IPAddress client, CancellationToken cancellationToken)
    {
        byte[] given = Encoding.UTF8.GetBytes(password);
        DashboardUser? user = _users.GetValueOrDefault(name);
        bool matches = (user?.Password ?? Nobody).Matches(given) && user?.Password is not null;
        if (!matches && (user?.PasswordHash ?? _decoy) is { } hash)
            matches = await verifier.VerifyAsync(hash, given, client, cancellationToken).ConfigureAwait(false) && ReferenceEquals(hash, user?.PasswordHash);
        return matches ? VisitorOf(user!) : null;
    }

    /// <summary>The same visitor as these accounts have it; null where it is let in no more, or has to show another secret.</summary>
    public DashboardVisitor? Again(DashboardVisitor visitor)
    {
        DashboardVisitor? now = Array.Find(_tokens, each => each.Visitor.Name == visitor.Name).Visitor
            ?? (_users.GetValueOrDefault(visitor.Name) is { } user ? VisitorOf(user) : null);
        return now?.Proof.Equals(visitor.Proof) == true ? now : null;
    }

    private static IEnumerable<(Secret Secret, DashboardVisitor Visitor)> OfToken(Secret? token, string name, DashboardRole role) =>
        token is null ? [] : [(token, new DashboardVisitor(name, role, token))];

    private static DashboardVisitor VisitorOf(DashboardUser user) => new(user.Name, user.Role, user.PasswordHash ?? (object)user.Password!);
}
