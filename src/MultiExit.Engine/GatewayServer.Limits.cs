using System.Net;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine;

/// <content>Users, quotas and lockout.</content>
public sealed partial class GatewayServer
{
    private readonly Lock _settling = new();
    private bool _usageKept = true;

    /// <summary>The users who have had sessions since the server's start, by name; reloads do not touch their counts.</summary>
    public IReadOnlyList<UserStatus> GetUsers()
    {
        bool kept = _config.Limits.UsageFile is not null;
        return [.. _sessions.GetUsers().Select(user => user with
        {
            UsedThisMonth = kept ? _usage.UsedThisMonth(user.Name) : null,
            Quota = _config.Limits.OfUser(user.Name).Quota,
        })];
    }

    /// <summary>The clients that are locked out after failed logins.</summary>
    public IReadOnlyList<LockedClient> GetLockedClients() => _logins.GetLocked();

    /// <summary>Lets a client in again that was locked out, and forgets its failures.</summary>
    /// <param name="client">An address of the client.</param>
    /// <returns>True when it was locked out.</returns>
    public bool UnlockClient(IPAddress client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return _logins.Unlock(client);
    }

    private void SweepLimits()
    {
        _limits.Sweep();
        _inboundStates.Sweep();
        _logins.Sweep();
        if (_config.Limits.UsageFile is null) return;
        SettleUsage(final: false);
        foreach (IGrouping<string, Session> user in _sessions.Live
            .Where(session => session.Request.User is { } name && session.AbortReason is null && _limits.IsOverQuota(name))
            .GroupBy(session => session.Request.User!, StringComparer.Ordinal))
        {
            _log.QuotaUsedUp(user.Key, user.Count());
            foreach (Session session in user) session.Abort("quota");
        }
    }

    // A disk that does not write is said once, and once more when it has written again and fails anew.
    private void SettleUsage(bool final)
    {
        if (_config.Limits.UsageFile is null || !_settling.TryEnter()) return;
        try
        {
            _usage.Update(_sessions.GetUsers());
            if (final) _usage.Save();
            else _usage.SaveIfDue();
            _usageKept = true;
        }
        catch (ProxyException exception)
        {
            if (_usageKept) _log.UsageNotKept(exception.Message);
            _usageKept = false;
        }
        finally
        {
            _settling.Exit();
        }
    }
}
