namespace MultiExit.Engine.Sessions;

/// <summary>Totals of a server since its start; a reload does not touch them.</summary>
internal sealed class ServerCounters
{
    private long _rejected;
    private long _failed;
    private long _refusedHandshakes;
    private long _faults;

    /// <summary>Connections closed because of a limit.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Requests that could not be served.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Tunnel handshakes that failed: probers, wrong keys, replays.</summary>
    public long RefusedHandshakes => Volatile.Read(ref _refusedHandshakes);

    /// <summary>Connections ended because the peer broke its protocol.</summary>
    public long Faults => Volatile.Read(ref _faults);

    public void CountFault() => Interlocked.Increment(ref _faults);

    public void CountRefusedHandshake() => Interlocked.Increment(ref _refusedHandshakes);

    public void CountRejected() => Interlocked.Increment(ref _rejected);

    public void CountFailed() => Interlocked.Increment(ref _failed);
}
