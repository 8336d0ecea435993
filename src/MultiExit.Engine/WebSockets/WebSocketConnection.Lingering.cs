using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <content>The end of this side's direction where only a close frame can report it: the frame ends the peer's direction too, so it waits for
/// the bytes that the peer still has to send.</content>
internal sealed partial class WebSocketConnection
{
    private ITimer? _lingering;
    private long _lastPayload;
    private volatile bool _lingers;

    // A pong does not prolong the wait.
    private void OnPayload()
    {
        if (_lingers) Volatile.Write(ref _lastPayload, _time.GetTimestamp());
    }

    private void BeginLingering()
    {
        lock (_writer.Gate)
        {
            ThrowIfClosed();
            _ended = true;
            _lastPayload = _time.GetTimestamp();
            _lingers = true;
            _lingering = _time.CreateTimer(static state => ((WebSocketConnection)state!).CheckPayload(), this, _options.Linger, Timeout.InfiniteTimeSpan);
        }
        if (_peerClosed || _released) _lingering.Dispose();
    }

    private void CheckPayload()
    {
        // A connection that was not read for a while may have payload waiting in it.
        TimeSpan left = _reading ? _options.Linger - _time.GetElapsedTime(Volatile.Read(ref _lastPayload)) : _options.Linger;
        if (left <= TimeSpan.Zero)
        {
            QueueClose(WebSocketCloseCode.Normal, "");
            return;
        }
        try
        {
            _lingering?.Change(left, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The peer has closed, or the connection is disposed.
        }
    }
}
