using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <content>The time behind the peer's close frame. It ended both directions in order, so what we still had to send is not wanted, and is no
/// reason to break off what the peer sent before.</content>
internal sealed partial class WebSocketConnection
{
    private long _peerClosedAt;

    // Under the lock. After the time it is an error to send: else a target that never ends would be read for ever.
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
