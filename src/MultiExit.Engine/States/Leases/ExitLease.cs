using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.States.Leases;

/// <summary>Whether this node may use an address, of which one node of a fleet at a time may. Each dial looks at the clock, so that a process that was
/// stopped dials nothing when it goes on; what is open is cut at the end. Thread-safe.</summary>
/// <param name="address">The address.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log; null for none.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its timer is armed while there is a grant alone, and keeps nothing else alive.")]
internal sealed class ExitLease(IPAddress address, TimeProvider time, EngineLog? log = null)
{
    private const string NotAsked = "this node has not got the lease of its address from the store of the fleet";
    private const string Over = "the lease of its address is over, since the store of the fleet has not renewed it";

    private readonly Lock _lock = new();
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private ITimer? _timer;
    private volatile LeaseGrant? _grant;
    private volatile LeaseHolder? _other;
    private volatile string _refusal = NotAsked;

    /// <summary>The address.</summary>
    public IPAddress Address => address;

    /// <summary>The exit that it is told of by; the first one that leaves from the address.</summary>
    public string Exit { get; set; } = "";

    /// <summary>Whether the address may be used now.</summary>
    public bool IsHeld => Current is not null;

    /// <summary>The grant that holds now; null: there is none.</summary>
    public LeaseGrant? Current => _grant is { } grant && time.GetTimestamp() < grant.Until ? grant : null;

    /// <summary>Why the address may not be used now, as a sentence; null: it may.</summary>
    public string? Refusal => IsHeld ? null : _grant is null ? _refusal : Over;

    /// <summary>Whether connections from the address are open.</summary>
    public bool HasOpen
    {
        get
        {
            lock (_lock) return _open.Count > 0;
        }
    }

    /// <summary>What operators see.</summary>
    public ExitLeaseStatus Status
    {
        get
        {
            LeaseGrant? grant = Current;
            LeaseHolder? holder = grant?.Holder ?? _other;
            TimeSpan? left = grant is null ? null : time.GetElapsedTime(time.GetTimestamp(), grant.Until);
            return new(address, grant is not null, holder?.Node, holder?.Epoch, holder?.Token, left);
        }
    }

    /// <summary>This node has the lease.</summary>
    /// <param name="holder">This node.</param>
    /// <param name="until">The timestamp from which it may not use the address any more.</param>
    public void Take(LeaseHolder holder, long until)
    {
        // Another node may have had it since.
        if (_grant is not null && !IsHeld) End(Over);
        lock (_lock)
        {
            if (time.GetTimestamp() >= until) return;
            _other = null;
            if (_grant is { } grant)
            {
                grant.Holder = holder;
                grant.Until = Math.Max(grant.Until, until);
            }
            else
            {
                _grant = grant = new LeaseGrant(holder, until);
                log?.LeaseWon(Exit, address, holder.Token);
            }
            Arm(grant);
        }
    }

    /// <summary>Another node has it.</summary>
    public void Lose(LeaseHolder other)
    {
        _other = other;
        _refusal = string.Create(CultureInfo.InvariantCulture, $"the node {other.Node} of the fleet has the lease of its address");
        End(_refusal);
    }

    /// <summary>The process that has taken this one's place has it, until then.</summary>
    public void Extend(long until)
    {
        lock (_lock)
        {
            if (Current is not { } grant) return;
            grant.Until = Math.Max(grant.Until, until);
            Arm(grant);
        }
    }

    /// <summary>This node does not use the address any more, and cuts what is open.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    /// <param name="isLoss">Whether nobody here wanted that.</param>
    public void End(string reason, bool isLoss = true)
    {
        LeaseGrant? grant;
        object[] open;
        lock (_lock)
        {
            if ((grant = _grant) is null) return;
            _grant = null;
            open = [.. _open];
            _open.Clear();
        }
        grant.End();
        foreach (object connection in open) Cut(connection);
        if (isLoss) log?.LeaseLost(Exit, address, open.Length, reason);
        else log?.LeaseLeft(Exit, address, reason);
    }

    /// <summary>Notes what leaves from the address.</summary>
    /// <returns>False: the grant is over, and it was cut.</returns>
    public bool Track(LeaseGrant grant, object connection)
    {
        lock (_lock)
        {
            if (_grant == grant && IsHeld)
            {
                _open.Add(connection);
                return true;
            }
        }
        Cut(connection);
        return false;
    }

    /// <summary>It has ended.</summary>
    public void Forget(object connection)
    {
        lock (_lock) _open.Remove(connection);
    }

    private static void Cut(object connection)
    {
        if (connection is SocketStream stream) stream.Abort();
        else if (connection is UdpSocket socket) socket.Dispose();
    }

    // A bit later than its end, so that it is over by then.
    private void Arm(LeaseGrant grant)
    {
        TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), grant.Until) + TimeSpan.FromMilliseconds(1);
        _timer ??= time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (_grant is not { } grant) return;
            if (IsHeld)
            {
                Arm(grant);
                return;
            }
        }
        End(Over);
    }
}
