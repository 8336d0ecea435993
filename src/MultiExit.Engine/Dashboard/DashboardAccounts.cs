using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Dashboard;

/// <summary>Who may come in, by a configuration. Immutable; compares in constant time.</summary>
internal sealed class DashboardAccounts
{
    // Compared with where there is no such user, so that a wrong name takes as long as a wrong password.
    private static readonly Secret Nobody = Secret.Random();

    private readonly Dictionary<string, DashboardVisitor> _users;
    private readonly DashboardVisitor? _token;

    public DashboardAccounts(DashboardConfig config)
    {
        _users = config.Users.ToDictionary(user => user.Name, user => new DashboardVisitor(user.Name, user.Role, user.Password), StringComparer.Ordinal);
        _token = config.Token is { } token ? new DashboardVisitor(DashboardConfig.TokenUser, DashboardRole.Operator, token) : null;
    }

    /// <summary>Whether somebody may log in with a token, and with a name and a password.</summary>
    public (bool Token, bool Users) Ways => (_token is not null, _users.Count > 0);

    /// <summary>Who has this token; null: nobody.</summary>
    public DashboardVisitor? ByToken(string token) => (_token?.Proof ?? Nobody).Matches(Encoding.UTF8.GetBytes(token)) ? _token : null;

    /// <summary>Who has this name and password; null: nobody.</summary>
    public DashboardVisitor? ByPassword(string name, string password)
    {
        DashboardVisitor? user = _users.GetValueOrDefault(name);
        return (user?.Proof ?? Nobody).Matches(Encoding.UTF8.GetBytes(password)) ? user : null;
    }

    /// <summary>The same visitor as these accounts have it; null where it is let in no more, or has to show another secret.</summary>
    public DashboardVisitor? Again(DashboardVisitor visitor)
    {
        DashboardVisitor? now = visitor.Name == DashboardConfig.TokenUser && _token is not null ? _token : _users.GetValueOrDefault(visitor.Name);
        return now?.Proof.Equals(visitor.Proof) == true ? now : null;
    }
}
