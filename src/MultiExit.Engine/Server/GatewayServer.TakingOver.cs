using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.Server;

/// <content>The start with the sockets of a process that runs. Docs: docs/decisions/0107-a-new-process-takes-the-sockets-of-the-old-one.md.</content>
public sealed partial class GatewayServer
{
    // Until BeginAccepting: nothing is accepted, and no file is written.
    private volatile bool _isHeld;
    private UsageFile? _readUsage;

    /// <summary>Goes on from the state of the process before, which accepts and writes nothing any more.</summary>
    internal void Continue(TakeoverState state)
    {
        Count(state.Totals);
        _sessions.NumberBehind(state.LastSession);
        _logins.Import(state.Failures);
        _logins.ImportCounts(state.FailuresByInbound, state.FailuresByUser);
        foreach (GroupConfig group in _config.Groups)
        {
            if (!state.Bindings.TryGetValue(group.Name, out IReadOnlyList<HandedBinding>? bindings)) continue;
            _groupStates.Get(group.Name).Bindings.Load(
                bindings.Take(StickyTable.MaxBindings).Select(binding => new StickyBinding(binding.Id, binding.Member, binding.Age, binding.Lifetime)));
        }
        foreach (HandedExit exit in state.Exits)
            if (_exits?.TryGet(exit.Name, out _) == true) _exitStates.Own(exit.Name).Import(exit);
        _inboundStates.Replays.Import(state.Handshakes);
        if (state.Remembered > TimeSpan.Zero) _inboundStates.Opening.BeganBefore(state.Remembered);
        _inboundStates.Shadowsocks.Import(state.Salts);
        UsageFile? usage = state.Usage is { } used
            ? new UsageFile(used.Month, used.Users) { Exits = used.Exits, Ledger = used.Ledger, Ceilings = used.Ceilings } : _readUsage;
        _leases.Import(state.Leases);
        if (state.Usage is not null) _usage.CountedBefore(state.Totals, TotalsOfExitsWithQuota());
        KeepFiles(_config, usage);
        _readUsage = null;
    }

    /// <summary>Accepts clients.</summary>
    internal void BeginAccepting()
    {
        _isHeld = false;
        foreach (InboundListener listener in _listeners) listener.IsPaused = false;
    }

    /// <summary>Counts what the processes before have done, of which one may still have sessions.</summary>
    internal void Count(ServerTotals before)
    {
        _sessions.Before = before;
        _counters.Before = before;
        foreach (ExitTotal exit in before.Exits)
            if (_exits?.TryGet(exit.Name, out _) == true) _exitStates.Own(exit.Name).Before = exit;
    }

    /// <summary>A session of the process before has ended.</summary>
    internal void Keep(SessionRecord record)
    {
        if (_recordsElsewhere is { } elsewhere) elsewhere(record);
        else _records.Add(record);
    }
}
