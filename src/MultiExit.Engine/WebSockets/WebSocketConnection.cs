using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.WebSockets;

/// <summary>A WebSocket after its opening handshake (RFC 6455), client or server.</summary>
/// <remarks>Any number of threads may send; frames never mix. One may read, either messages (<see cref="ReceiveAsync"/>) or the bytes of all
/// messages in a row (<see cref="ReadAsync"/>), never both on one connection. Pings are answered, and unanswered ones noticed, while a read is
/// under way. Owns the stream beneath.</remarks>
internal sealed partial class WebSocketConnection : IAsyncDisposable, IDisposable
{
    /// <summary>The name of the extension that two MultiExit programs agree on (docs/protocols.md): an empty text message ends one
    /// direction.</summary>
    public const string HalfClose = "multiexit-half-close";

    private readonly DuplexStream _stream;
    private readonly WebSocketOptions _options;
    private readonly TimeProvider _time;
    private WebSocketFrameReader _frames;

    /// <param name="stream">The stream of the handshake; bytes read beyond the handshake come out of it first. Nothing is read or written
    /// before the first call, so that the answer to the handshake may still be due.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="time">The clock.</param>
    public WebSocketConnection(DuplexStream stream, WebSocketOptions options, TimeProvider time)
    {
        _stream = stream;
        _options = options;
        _time = time;
        _frames = new WebSocketFrameReader(options.IsServer);
        _writer = new GatheringWriter(stream, HighWater) { Due = AppendPong, Failed = failure => WriteFailed?.Invoke(failure) };
    }

    /// <summary>How the peer ended the connection, once it has: <see cref="WebSocketCloseCode.None"/> without a code,
    /// <see cref="WebSocketCloseCode.Abnormal"/> without a close frame; null before that.</summary>
    public WebSocketCloseCode? CloseCode { get; private set; }

    /// <summary>The peer's reason for it. It comes from outside and needs cleaning before it is logged.</summary>
    public string CloseReason { get; private set; } = "";

    /// <summary>Called with the failure of a write; its sender may have gone on before.</summary>
    public Action<Exception>? WriteFailed { get; set; }

    /// <summary>Ends both directions at once, without a close frame. Idempotent, callable from any thread.</summary>
    public void Abort()
    {
        _writer.FlushDeferred();
        _writer.Fail(new IOException("the WebSocket was aborted"));
        _stream.Abort();
    }

    public void Dispose()
    {
        Release();
        _stream.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private void Release()
    {
        StopWatching();
        _writer.FlushDeferred();
        _writer.Fail(new ObjectDisposedException(nameof(WebSocketConnection)));
    }

    /// <summary>Reports the fault to the peer, as far as the peer still reads, and ends the connection.</summary>
    /// <returns>The exception to throw.</returns>
    private async ValueTask<ProxyException> RefuseAsync(WebSocketFault fault)
    {
        await RefuseAsync(fault.Code, fault.Text).ConfigureAwait(false);
        return new ProxyException(ProxyError.ProtocolViolation, $"WebSocket {(int)fault.Code}: {fault.Text}");
    }

    /// <summary>Ends the connection with a close frame, so that the peer can read it; for a short time at most. No read may be under way.</summary>
    public async ValueTask RefuseAsync(WebSocketCloseCode code, string reason)
    {
        using (CancellationTokenSource late = new(_options.CloseTimeout, _time))
        using (late.Token.UnsafeRegister(static stream => ((DuplexStream)stream!).Abort(), _stream))
        {
            try
            {
                await SendCloseAsync(code, reason, CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has gone; the reason stays the same.
            }
        }
        await LingeringClose.RunAsync(_stream, _time, CancellationToken.None).ConfigureAwait(false);
    }
}
