using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>Quotas and lockout.</content>
public sealed partial class GatewayServer
{
    private readonly Lock _settling = new();
    private string? _toldMonth;

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
        CutExpired();
        _log.SayLeftOut();
        if (_config.Limits.UsageFile is null) return;
        SettleUsage(final: false);
        foreach (IGrouping<string, Session> user in _sessions.Live
            .Where(session => session.Request.Account is { } account && session.AbortReason is null && _limits.IsOverQuota(account))
            .GroupBy(session => session.Request.User!, StringComparer.Ordinal))
        {
            if (_limits.StateOf(user.First().Request.Account!) == QuotaState.Unknown) _log.QuotaUnknown(user.Key, user.Count());
            else _log.QuotaUsedUp(user.Key, user.Count());
            foreach (Session session in user) session.Abort(SessionOutcome.Quota);
        }
        CutThoseOfSpentExits();
    }

    private void CutThoseOfSpentExits()
    {
        foreach (string exit in ExitsWithQuota(_config).Distinct(StringComparer.Ordinal))
        {
            if (_exitLimits.Find(exit) is not { IsOverQuota: true } limit) continue;
            Session[] sessions = [.. _sessions.Live.Where(session => session.AbortReason is null && session.IsLimitedBy(limit))];
            if (sessions.Length == 0) continue;
            _log.ExitQuotaUsedUp(exit, sessions.Length);
            foreach (Session session in sessions) session.Abort(SessionOutcome.Quota);
        }
    }

    private static IEnumerable<string> ExitsWithQuota(GatewayConfig config) =>
        config.Exits.Where(exit => exit.Limits?.Quota is not null).Select(exit => AddressPools.PoolOf(exit.Name));

    // Of a pool, all of its addresses together, also those that it has no more.
    private IEnumerable<(string Exit, long Total)> TotalsOfExitsWithQuota()
    {
        HashSet<string> names = [.. ExitsWithQuota(_config)];
        if (names.Count == 0) return [];
        return _sessions.GetBytesOf(_exitStates.All.Where(state => names.Contains(AddressPools.PoolOf(state.Name))))
            .Where(exit => names.Contains(AddressPools.PoolOf(exit.Key.Name)))
            .GroupBy(exit => AddressPools.PoolOf(exit.Key.Name), StringComparer.Ordinal)
            .Select(exit => (exit.Key, exit.Sum(part => part.Value.Up + part.Value.Down)));
    }

    // Returns nothing when it is the file in use.
    private CheckedRecord<UsageFile> LoadUsage(string? path) =>
        path is null || string.Equals(path, _usage.Path, StringComparison.Ordinal) ? default : UsageFile.Load(path);

    // After the change to a configuration; nothing here can fail.
    private void KeepUsage(string? path, UsageFile? kept)
    {
        if (string.Equals(path, _usage.Path, StringComparison.Ordinal)) return;
        SettleUsage(final: true);
        // A sweep that is at it would report the fault of the file of before once more.
        lock (_settling)
        {
            if (_usage.Path is { } before) Stores.Forget(before);
            _usage.KeepIn(path, kept);
        }
        SettleUsage(final: true);
    }

    private void SettleUsage(bool final)
    {
        // The last write waits for a sweep that is under way: that sweep may have begun before the last bytes.
        if (final) _settling.Enter();
        else if (!_settling.TryEnter()) return;
        string? path = _usage.Path;
        try
        {
            if (path is null) return;
            _usage.Update(_sessions.GetAccounts());
            _usage.Update(TotalsOfExitsWithQuota());
            _exitLimits.LookAtUsage();
            string? doubted = _usage.DoubtedMonth;
            if (doubted is not null && doubted != _toldMonth) _log.MonthDoubted(doubted);
            _toldMonth = doubted;
            if (final ? _usage.Save() : _usage.SaveIfDue()) Stores.Written(path);
        }
        catch (ProxyException exception)
        {
            Stores.Failed(path!, "MX2013", $"what users have used cannot be kept: {exception.Message}");
        }
        finally
        {
            _settling.Exit();
        }
    }
}
