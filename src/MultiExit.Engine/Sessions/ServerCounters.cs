using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <summary>Totals of a server since its start; a reload does not touch them.</summary>
internal sealed class ServerCounters
{
    private readonly ConcurrentDictionary<(string Inbound, RefusalReason Reason), StrongBox<long>> _refusals = new();
    private volatile ServerTotals _before = new();
    private long _rejected;
    private long _failed;
    private long _refusedHandshakes;
    private long _faults;
    private long _failedLogins;
    private long _droppedDatagrams;

    /// <summary>What the processes before have counted.</summary>
    public ServerTotals Before
    {
        get => _before;
        set => _before = value;
    }

    /// <summary>Connections, sessions and UDP associations refused because of a limit.</summary>
    public long Rejected => Volatile.Read(ref _rejected) + Before.Rejected;

    /// <summary>Requests that were not served: they were refused, or their target was not reached.</summary>
    public long Failed => Volatile.Read(ref _failed) + Before.Failed;

    /// <summary>Connections that were not let in for another reason than a failed login.</summary>
    public long RefusedHandshakes => Volatile.Read(ref _refusedHandshakes) + Before.RefusedHandshakes;

    /// <summary>Connections ended because the peer broke its protocol.</summary>
    public long Faults => Volatile.Read(ref _faults) + Before.Faults;

    /// <summary>Failed logins.</summary>
    public long FailedLogins => Volatile.Read(ref _failedLogins) + Before.FailedLogins;

    /// <summary>Datagrams of UDP associations that no exit took, or for which there was no room.</summary>
    public long DroppedDatagrams => Volatile.Read(ref _droppedDatagrams) + Before.DroppedDatagrams;

    public void CountDroppedDatagram() => Interlocked.Increment(ref _droppedDatagrams);

    public void CountFailedLogin() => Interlocked.Increment(ref _failedLogins);

    /// <summary>Everything that was refused, by inbound and reason.</summary>
    public IReadOnlyList<(string Inbound, RefusalReason Reason, long Count)> Refusals =>
        [.. _refusals.Select(pair => (pair.Key.Inbound, pair.Key.Reason, Volatile.Read(ref pair.Value.Value)))];

    public void CountFault(string inbound)
    {
        Interlocked.Increment(ref _faults);
        Count(inbound, RefusalReason.Protocol);
    }

    public void CountRefusedHandshake(string inbound)
    {
        Interlocked.Increment(ref _refusedHandshakes);
        Count(inbound, RefusalReason.Handshake);
    }

    /// <summary>Counts what a limit, the lockout among them, has refused.</summary>
    public void CountRejected(string inbound, RefusalReason reason)
    {
        Interlocked.Increment(ref _rejected);
        Count(inbound, reason);
    }

    public void CountTimeout(string inbound) => Count(inbound, RefusalReason.Timeout);

    public void CountFailed() => Interlocked.Increment(ref _failed);

    private void Count(string inbound, RefusalReason reason) =>
        Interlocked.Increment(ref _refusals.GetOrAdd((inbound, reason), static _ => new StrongBox<long>()).Value);
}
