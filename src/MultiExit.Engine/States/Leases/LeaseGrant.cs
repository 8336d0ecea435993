using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.States.Leases;

/// <summary>The time without a break in which this node may use an address. It grows with each renewal and never begins again.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Dials may still wait for its end; the source holds nothing but memory.")]
internal sealed class LeaseGrant(LeaseHolder holder, long until)
{
    private readonly CancellationTokenSource _ended = new();
    private long _until = until;

    /// <summary>This node.</summary>
    public LeaseHolder Holder { get; set; } = holder;

    /// <summary>The timestamp from which the address may not be used.</summary>
    public long Until
    {
        get => Volatile.Read(ref _until);
        set => Volatile.Write(ref _until, value);
    }

    /// <summary>Fires when it has ended.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>It has ended. What waits for that is not waited for.</summary>
    public void End() => _ = _ended.CancelAsync();
}
