namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <content>What happens where the carrier holds more memory than its share: first the peer is granted no more, then the carrier is not
/// read.</content>
internal sealed partial class TunnelSession
{
    private readonly CarrierStall _stall;
    private bool _stalled;
    private int _grantsDue;

    /// <summary>Grants the credit that was withheld once the carrier is within its share again.</summary>
    internal void GrantLater()
    {
        if (Interlocked.Exchange(ref _grantsDue, 1) == 0) _ = GrantLaterAsync();
    }

    private async Task GrantLaterAsync()
    {
        do await Task.Delay(CarrierStall.LookAgain, _time).ConfigureAwait(false);
        while (_windows.IsTight && _failure is null);
        Volatile.Write(ref _grantsDue, 0);
        foreach (ITunnelChannel channel in _channels.Values) (channel as TunnelStream)?.Grant();
    }

    // The peer's own flow control holds it back; neither side must take the other's silence for death.
    private async ValueTask StallAsync()
    {
        Volatile.Write(ref _stalled, true);
        await _stall.WaitForMemoryAsync().ConfigureAwait(false);
        _lastReceived = _time.GetTimestamp();
        Volatile.Write(ref _stalled, false);
    }
}
