namespace MultiExit.Engine.Inbounds;

/// <summary>The place of an association in a <see cref="UdpQuota"/>, until it is disposed of.</summary>
/// <param name="quota">The quota.</param>
/// <param name="inbound">The inbound.</param>
/// <param name="owner">The user or client.</param>
internal sealed class UdpSeat(UdpQuota quota, string inbound, object owner) : IDisposable
{
    private volatile IdleWatch? _idle;
    private Action? _end;

    /// <summary>Its place in the quota, which alone sets it; null: it has none any more.</summary>
    public LinkedListNode<UdpSeat>? Place { get; set; }

    /// <summary>Whose it is.</summary>
    public (string Inbound, object Owner) Key => (inbound, owner);

    /// <summary>How long nothing has happened; zero where the association may not make room.</summary>
    public TimeSpan Quiet => _idle?.Quiet ?? TimeSpan.Zero;

    /// <summary>Lets the association make room for another one of its owner while it is quiet: its client has another port by now, and comes back as a new
    /// one.</summary>
    /// <param name="idle">When something has happened last.</param>
    /// <param name="end">Ends the association.</param>
    public void MayMakeRoom(IdleWatch idle, Action end)
    {
        _end = end;
        _idle = idle;
    }

    /// <summary>Ends the association.</summary>
    public void End() => _end?.Invoke();

    public void Dispose() => quota.Leave(this);
}
