using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <content>What happens where the carrier holds more memory than its share: first the peer is granted no more, then the carrier is not
/// read.</content>
internal sealed partial class TunnelSession
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    // Peers count a carrier as dead that was silent for 10 s after a PING.
    private static readonly TimeSpan ShowLifeEvery = TimeSpan.FromSeconds(5);

    private bool _stalled;
    private TaskCompletionSource? _stallEnds;
    private int _grantsDue;

    /// <summary>Grants the credit that was withheld once the carrier is within its share again.</summary>
    internal void GrantLater()
    {
        if (Interlocked.Exchange(ref _grantsDue, 1) == 0) _ = GrantLaterAsync();
    }

    private async Task GrantLaterAsync()
    {
        do await Task.Delay(LookAgain, _time).ConfigureAwait(false);
        while (_windows.IsTight && _failure is null);
        Volatile.Write(ref _grantsDue, 0);
        foreach (ITunnelChannel channel in _channels.Values) (channel as TunnelStream)?.Grant();
    }

    // The peer's own flow control holds it back; neither side must take the other's silence for death.
    private async ValueTask StallAsync()
    {
        _windows.CountStall();
        Volatile.Write(ref _stalled, true);
        TaskCompletionSource ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _stallEnds, ends); // a carrier that fails from here on ends the wait
        long shown = _time.GetTimestamp();
        while (_windows.IsOver && _failure is null)
        {
            await ends.Task.WaitAsync(LookAgain, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_time.GetElapsedTime(shown) < ShowLifeEvery) continue;
            shown = _time.GetTimestamp();
            Send(TunnelFrameType.Padding, 0, []);
        }
        _lastReceived = _time.GetTimestamp();
        Volatile.Write(ref _stalled, false);
    }
}
