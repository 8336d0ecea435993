using MultiExit.Engine.DataPath;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <summary>One live session: a relayed connection, an HTTP exchange or a UDP association.</summary>
/// <remarks>Each byte counter has one writer (its direction's pump); readers on other threads see a recent value.</remarks>
internal partial class Session(SessionTable table, long id, RequestInfo request, DateTimeOffset started) : IDisposable
{
    private const int NotYet = -1;
    private long _bytesUp;
    private long _bytesDown;
    private int _disposed;
    private int _abortReason = NotYet;
    private int _outcome = NotYet;
    private Action? _abort;
    private volatile ExitLimit[] _limited = [];

    public long Id { get; } = id;

    public RequestInfo Request { get; } = request;

    public DateTimeOffset Started { get; } = started;

    /// <summary>The exit that serves it; null until the dial has succeeded.</summary>
    public string? Exit => ExitState?.Name;

    /// <summary>The state of that exit.</summary>
    internal ExitState? ExitState { get; private set; }

    /// <summary>Bytes from the client to the target.</summary>
    public long BytesUp => Volatile.Read(ref _bytesUp);

    /// <summary>Bytes from the target to the client.</summary>
    public long BytesDown => Volatile.Read(ref _bytesDown);

    /// <summary>Why the session was ended from outside, where it was.</summary>
    public SessionOutcome? AbortReason => Volatile.Read(ref _abortReason) is var reason and not NotYet ? (SessionOutcome)reason : null;

    /// <summary>Its outcome, or the one it would have if it ended now: that of <see cref="EndWith"/>, otherwise the reason of an end from
    /// outside.</summary>
    public SessionOutcome Outcome =>
        Volatile.Read(ref _outcome) is var outcome and not NotYet ? (SessionOutcome)outcome : AbortReason ?? SessionOutcome.Ok;

    /// <summary>Holds its bytes back; null before it was counted.</summary>
    internal SessionPace? Pace { get; set; }

    /// <summary>Disposed with the session; the connection of an HTTP exchange.</summary>
    internal IDisposable? Owned { get; set; }

    /// <summary>Marks for the idle sweep: the byte total it saw last, and when that changed (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    internal long LastTotal { get; set; }

    internal long LastActive { get; set; }

    /// <summary>The state of the exit or group that its rule sent it to.</summary>
    internal ExitState? RoutedTo { get; private set; }

    /// <summary>Whether an exit serves it, or is the exit or group that a rule sent it to. Of a pool: whether one of its addresses does.</summary>
    public virtual bool Uses(ExitState exit) => ExitState?.IsOf(exit) == true || RoutedTo?.IsOf(exit) == true;

    /// <summary>Sets an exit that serves it; the session counts there until it ends. The first one is the one that is shown.</summary>
    public void ServedBy(ExitState exit, ExitState routedTo)
    {
        RoutedTo ??= routedTo;
        ExitState ??= exit;
        exit.SessionBegan();
        Count(exit);
        EndIfCut(exit, routedTo);
    }

    // Of several exits, as an association has, each counts it once.
    private void Count(ExitState exit)
    {
        if (table.ExitLimits?.Find(exit.Name) is not { } limit || IsLimitedBy(limit)) return;
        _limited = [.. _limited, limit];
        limit.Enter(this);
        if (Pace is { Exit: null } pace) pace.Exit = limit.Scope;
    }

    /// <summary>Whether one of its exits has these limits.</summary>
    public bool IsLimitedBy(ExitLimit limit) => Array.IndexOf(_limited, limit) >= 0;

    /// <summary>Ends it when an operator has cut the sessions of an exit while the dial through it was under way.</summary>
    protected void EndIfCut(ExitState exit, ExitState routedTo)
    {
        // After RoutedTo and ExitState are set: either the cut sees this session, or this check sees the cut.
        Interlocked.MemoryBarrier();
        if (exit.IsCut || routedTo.IsCut) Abort(SessionOutcome.ExitDisabled);
    }

    /// <summary>Counts bytes that were passed on to the target, and waits where that was faster than allowed.</summary>
    public ValueTask PassedUpAsync(long bytes)
    {
        AddUp(bytes);
        return HoldUpAsync(bytes);
    }

    /// <summary>Waits where bytes that were counted as passed on to the target were faster than allowed.</summary>
    protected ValueTask HoldUpAsync(long bytes) => Pace is { } pace && pace.Counts(up: true) ? pace.WaitAsync(up: true, bytes, this) : default;

    /// <summary>Counts bytes that were passed on to the client, and waits where that was faster than allowed.</summary>
    public ValueTask PassedDownAsync(long bytes)
    {
        AddDown(bytes);
        return Pace is { } pace && pace.Counts(up: false) ? pace.WaitAsync(up: false, bytes, this) : default;
    }

    public void AddUp(long bytes)
    {
        if (_bytesUp == 0 && bytes > 0) _times.FirstUp(Time);
        Volatile.Write(ref _bytesUp, _bytesUp + bytes);
    }

    public void AddDown(long bytes)
    {
        if (_bytesDown == 0 && bytes > 0) _times.FirstDown(Time);
        Volatile.Write(ref _bytesDown, _bytesDown + bytes);
    }

    /// <summary>Sets how the session is ended from outside. Set once, when there is something to end.</summary>
    public void OnAbort(Action abort)
    {
        Volatile.Write(ref _abort, abort);
        if (AbortReason is not null) abort();
    }

    /// <summary>Ends the session from outside: operator, drain or idle time-out. Callable from any thread.</summary>
    /// <param name="reason">Why; the first reason stays.</param>
    public void Abort(SessionOutcome reason)
    {
        Interlocked.CompareExchange(ref _abortReason, (int)reason, NotYet);
        Volatile.Read(ref _abort)?.Invoke();
    }

    /// <summary>Sets its outcome, before it is disposed. The first call decides, and an end from outside has precedence: a later failure is its
    /// consequence.</summary>
    public void EndWith(SessionOutcome outcome) => Interlocked.CompareExchange(ref _outcome, (int)(AbortReason ?? outcome), NotYet);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Owned?.Dispose();
        table.Remove(this);
    }

    /// <summary>Adds its bytes so far to those of the exits that serve it.</summary>
    /// <param name="exits">The sums.</param>
    /// <param name="byAccount">Whether an exit counts by <see cref="States.ExitState.Account"/>.</param>
    public virtual void AddTo(Dictionary<ExitState, (long Up, long Down)> exits, bool byAccount = false)
    {
        if (ExitState is { } exit) Add(exits, byAccount ? exit.Account : exit, BytesUp, BytesDown);
    }

    /// <summary>Uncounts it at the exits that serve it. Called by the table, once.</summary>
    public virtual void LeaveExits() => ExitState?.SessionEnded(BytesUp, BytesDown);

    /// <summary>Uncounts it at the limits of those exits. Called by the table, once.</summary>
    public void LeaveExitLimits()
    {
        foreach (ExitLimit limit in _limited) limit.Leave();
    }

    protected static void Add(Dictionary<ExitState, (long Up, long Down)> exits, ExitState exit, long up, long down)
    {
        (long Up, long Down) sum = exits.GetValueOrDefault(exit);
        exits[exit] = (sum.Up + up, sum.Down + down);
    }
}
