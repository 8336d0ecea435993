using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <content>The time after the peer's close frame. It ended both directions in order: the bytes that this side still had to send are not
/// wanted, and are no reason to break off the bytes that the peer sent before.</content>
internal sealed partial class WebSocketConnection
{
    private long _peerClosedAt;

    // Under the lock. After the time it is an error to send: otherwise a target that never ends would be read for ever.
    private bool Discards => _peerClosed && !_options.HalfClose && _writer.Failure is null
        && CloseCode is WebSocketCloseCode.Normal or WebSocketCloseCode.GoingAway or WebSocketCloseCode.None
        && _time.GetElapsedTime(_peerClosedAt) < _options.CloseTimeout;

    private void OnPeerClosed()
    {
        _peerClosedAt = _time.GetTimestamp();
        _peerClosed = true;
    }

    private async Task EndStreamAsync()
    {
        try
        {
            await WrittenAsync(CancellationToken.None).ConfigureAwait(false);
            await _stream.CompleteWritesAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The connection has gone meanwhile.
        }
    }
}
