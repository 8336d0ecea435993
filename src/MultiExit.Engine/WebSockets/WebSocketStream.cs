using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.WebSockets;

/// <summary>The bytes of a WebSocket as a connection. Written bytes leave as binary messages.</summary>
internal sealed class WebSocketStream(WebSocketConnection connection) : DuplexStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? default : connection.SendAsync(WebSocketOpcode.Binary, buffer, cancellationToken);

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => connection.EndAsync(cancellationToken);

    /// <summary>Ends the connection with a close frame, so that the peer can read it; for a short time at most.</summary>
    public ValueTask RefuseAsync(WebSocketCloseCode code, string reason) => connection.RefuseAsync(code, reason);

    public override void Abort() => connection.Abort();

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) connection.Dispose();
        base.Dispose(disposing);
    }
}
