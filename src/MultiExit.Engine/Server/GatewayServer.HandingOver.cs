using System.Runtime.InteropServices;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Listening;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.Server;

/// <content>What another process takes over.</content>
public sealed partial class GatewayServer
{
    /// <summary>The sockets and the locks on files, each with what it is for.</summary>
    internal IEnumerable<(string Purpose, SafeHandle Handle)> GetDescriptors() =>
    [
        .. _listeners.Select(listener => (listener.Purpose, listener.Handle)),
        .. _claims.Handles.Select(claim => (TakeoverOffer.OfFile(claim.Path), claim.Handle)),
    ];

    /// <summary>Leaves clients in the queues of the sockets, and ends what is written to files, so that another process can go on.</summary>
    /// <param name="elsewhere">Takes the records of sessions that end from here on.</param>
    internal void Hold(Action<SessionRecord> elsewhere)
    {
        foreach (InboundListener listener in _listeners) listener.IsPaused = true;
        _recordsElsewhere = elsewhere;
        _records.Use(null);
        _leases.IsHandedOver = true;
        _fleet.Use(null);
        _keeper.Use([]);
        SettleUsage(final: true);
        _usage.IsHandedOver = true;
    }

    /// <summary>No other process goes on: this one does.</summary>
    /// <param name="records">The records of sessions that have ended meanwhile.</param>
    internal void Resume(IEnumerable<SessionRecord> records)
    {
        _usage.IsHandedOver = false;
        KeepBindings(_config);
        _records.Use(_config.Records);
        _leases.IsHandedOver = false;
        _fleet.Use(_config.Fleet);
        _recordsElsewhere = null;
        foreach (SessionRecord record in records) _records.Add(record);
        foreach (InboundListener listener in _listeners) listener.IsPaused = false;
    }

    /// <summary>Another process goes on: from here on no file is written, and their locks are its own.</summary>
    internal void LetGo() => _claims.Leave();

    /// <summary>What a restart would lose.</summary>
    internal TakeoverState ExportState()
    {
        IReadOnlyList<UserStatus> accounts = _sessions.GetAccounts();
        if (_usage.Path is not null)
        {
            _usage.Update(accounts);
            _usage.Update(TotalsOfExitsWithQuota());
        }
        (IReadOnlyDictionary<string, long> byInbound, IReadOnlyDictionary<string, long> byUser) = _logins.ExportCounts();
        return new TakeoverState
        {
            Totals = TotalsOf(accounts), LastSession = _sessions.LastId, Usage = _usage.Export(), Failures = _logins.Export(),
            FailuresByInbound = byInbound, FailuresByUser = byUser,
            Bindings = _groupStates.All.ToDictionary(group => group.Name, BindingsOf, StringComparer.Ordinal),
            Exits = [.. _exitStates.All.Select(exit => exit.Export()).OfType<HandedExit>()],
            Handshakes = _inboundStates.Replays.Export(), Remembered = _inboundStates.Opening.Age, Salts = _inboundStates.Shadowsocks.Export(),
            Leases = _leases.Export(),
        };
    }

    /// <summary>The leases, of which one process has the use and the other the renewal.</summary>
    internal ExitLeases Leases => _leases;

    /// <summary>What was counted since the start, by the processes before as well.</summary>
    internal ServerTotals GetTotals() => TotalsOf(_sessions.GetAccounts());

    private ServerTotals TotalsOf(IReadOnlyList<UserStatus> accounts)
    {
        Dictionary<ExitState, (long Up, long Down)> bytes = _sessions.GetBytesOf(_exitStates.All);
        return new ServerTotals
        {
            Live = _sessions.Count + _sessions.Before.Live, Connections = _connections.Count + _sessions.Before.Connections, Sessions = _sessions.Total,
            BytesUp = _sessions.BytesUp, BytesDown = _sessions.BytesDown, Rejected = _counters.Rejected, Failed = _counters.Failed,
            RefusedHandshakes = _counters.RefusedHandshakes, Faults = _counters.Faults, FailedLogins = _counters.FailedLogins,
            DroppedDatagrams = _counters.DroppedDatagrams,
            Users = [.. accounts.Select(user => new UserTotal(user.Name, user.Sessions, user.TotalSessions, user.BytesUp, user.BytesDown))],
            Exits = [.. bytes.Select(exit => new ExitTotal(exit.Key.Name, exit.Key.Dials, exit.Value.Up, exit.Value.Down))],
        };
    }

    private static IReadOnlyList<HandedBinding> BindingsOf(GroupState group) =>
        [.. group.Bindings.Snapshot(out _).Select(binding => new HandedBinding(binding.Id, binding.Member, binding.Age, binding.Lifetime))];
}
