using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Listening;

/// <summary>The logins of one client: failures count against its address, and who it is stands at its connection.</summary>
/// <param name="connection">The connection.</param>
/// <param name="parts">What listeners share.</param>
internal sealed class ClientLogins(ClientConnection connection, ListenerParts parts) : ILoginWatch
{
    public void LoggedIn(UserIdentity identity)
    {
        connection.User = identity.Name;
        connection.Account = identity.Account;
        connection.Credential = identity.Credential;
        parts.Users.LoggedIn(identity, connection.Inbound);
    }

    public void LoginFailed(string user)
    {
        connection.FailedLogin = true;
        if (parts.Logins.Failed(connection.Inbound, connection.Client, user, mayLockOut: !connection.IsBalancers)) connection.Abort();
    }

    public void NotJudged(string user, string reason)
    {
        connection.FailedLogin = true;
        parts.Counters.CountRejected(connection.Inbound, RefusalReason.BackEnd);
        parts.Log.LoginNotJudged(connection.Inbound, connection.Client, user, reason);
    }

    public void Refused(UserIdentity identity, string reason) =>
        parts.Log.UserRefused(connection.Inbound, connection.Client, identity.Name, identity.Login, reason);
}
