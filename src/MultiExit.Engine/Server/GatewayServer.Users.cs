using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Server;

/// <content>Users, and how they are cut off.</content>
public sealed partial class GatewayServer
{
    /// <summary>The users of the configuration and the users that have had sessions since the server's start, by name; reloads do not touch
    /// their counts.</summary>
    public IReadOnlyList<UserStatus> GetUsers()
    {
        GatewayConfig config = _config;
        bool kept = config.Limits.UsageFile is not null;
        ILookup<string, (UserConfig User, string? Inbound)> accounts = config.Inbounds
            .SelectMany(inbound => inbound.Users.Select(user => (User: user, Inbound: (string?)inbound.Name)))
            .Concat(config.Users.Select(user => (User: user, Inbound: (string?)null)))
            .ToLookup(account => account.User.Name, StringComparer.Ordinal);
        IReadOnlyList<UserStatus> seen = _sessions.GetUsers();
        KnownUsers known = _inboundStates.Users.Known;
        IEnumerable<UserStatus> idle = accounts.Select(user => user.Key).Concat(known.All.Select(user => user.User.Name))
            .Except(seen.Select(user => user.Name), StringComparer.Ordinal)
            .Select(name => new UserStatus(name, 0, 0, 0, 0));
        return [.. seen.Concat(idle).OrderBy(user => user.Name, StringComparer.Ordinal).Select(user =>
        {
            // Where two back-ends know a user of the name, quota and use are those of the one that came in last.
            KnownUser? last = known.Find(user.Name);
            string account = last?.Account ?? user.Name;
            return WithAccounts(user, accounts[user.Name], last) with
            {
                UsedThisMonth = kept ? _limits.UsedThisMonth(account) : null,
                Quota = _limits.OfUser(account).Quota,
                FailedLogins = _logins.FailuresOf(user.Name),
                LastLogin = _inboundStates.Users.LastLoginOf(user.Name),
            };
        })];
    }

    /// <summary>Ends the live sessions of a user, and its carriers. It may come in again where the configuration lets it.</summary>
    /// <param name="name">The user.</param>
    /// <returns>How many sessions were ended.</returns>
    public int CutUser(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Session[] sessions = [.. _sessions.Live.Where(session => session.Request.User == name && session.AbortReason is null)];
        foreach (Session session in sessions) session.Abort(SessionOutcome.Revoked);
        int connections = _connections.AbortOf((_, user) => user == name);
        if (sessions.Length + connections > 0) _log.UserCut(name, "was cut off", sessions.Length);
        return sessions.Length;
    }

    // Carriers last: the end of a carrier alone would look as if the client had gone.
    private void CutExpired()
    {
        UserDirectories users = _inboundStates.Users;
        if (!users.HaveExpiry) return;
        foreach (IGrouping<string, Session> user in _sessions.Live
            .Where(session => session.Request.User is { } name && session.AbortReason is null
                && users.StateOf(session.Request.Inbound, name) == LoginOutcome.Expired)
            .GroupBy(session => session.Request.User!, StringComparer.Ordinal))
        {
            _log.UserCut(user.Key, "has expired", user.Count());
            foreach (Session session in user) session.Abort(SessionOutcome.Revoked);
        }
        _connections.AbortOf((inbound, user) => users.StateOf(inbound, user) == LoginOutcome.Expired);
    }

    // A list of revoked certificates has changed, or may have: what came in with one of them ends, as after a cut of its user.
    private void CutRevoked()
    {
        Dictionary<string, ClientTrust> trusts = new(StringComparer.Ordinal);
        foreach (InboundListener listener in _listeners)
            if (listener.Runtime.Tls?.Clients is { } clients) trusts[listener.Runtime.Config.Name] = clients;
        if (trusts.Count == 0) return;
        string? Problem(string inbound, ClientCertificate? certificate) =>
            certificate is not null && trusts.TryGetValue(inbound, out ClientTrust? trust) ? trust.Revoked(certificate) : null;
        foreach (IGrouping<string, Session> certificate in _sessions.Live
            .Where(session => session.AbortReason is null && Problem(session.Request.Inbound, session.Request.Certificate) is not null)
            .GroupBy(session => session.Request.Certificate!.Fingerprint, StringComparer.Ordinal))
        {
            RequestInfo first = certificate.First().Request;
            _log.CertificateCut(first.Certificate!.Description, Problem(first.Inbound, first.Certificate)!, certificate.Count());
            foreach (Session session in certificate) session.Abort(SessionOutcome.Revoked);
        }
        _connections.AbortWith((inbound, certificate) => Problem(inbound, certificate) is not null);
    }

    // Users of single inbounds may have the name in common: then it is disabled where all of them are.
    private UserStatus WithAccounts(UserStatus user, IEnumerable<(UserConfig User, string? Inbound)> accounts, KnownUser? known)
    {
        UserConfig[] configs = [.. accounts.Select(account => account.User)];
        if (configs.Length == 0)
            return known is null ? user : user with
            {
                Inbounds = known.Inbounds, Groups = known.User.Groups, Credentials = [known.Login], BackEnd = known.Login.Split(':')[^1],
            };
        return user with
        {
            Inbounds = [.. accounts.Select(account => account.Inbound).OfType<string>()],
            Disabled = configs.All(config => config.Disabled),
            Expires = configs.Any(config => config.Expires is null) ? null : configs.Max(config => config.Expires),
            Groups = [.. configs.SelectMany(config => config.Groups).Distinct(StringComparer.Ordinal)],
            Credentials = [.. configs.SelectMany(config => config.Credentials).Distinct(StringComparer.Ordinal)],
            IsShared = _config.Users.Any(shared => shared.Name == user.Name),
        };
    }
}
