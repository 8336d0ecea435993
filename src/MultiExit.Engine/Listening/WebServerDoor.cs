using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>Lets a client in as a web server does: one that is silent, or stops within TLS, has as much time as there, and its connection ends
/// without a reset; one that speaks no TLS is not cut off.</summary>
internal sealed class WebServerDoor(ClientConnection connection, TimeProvider time)
{
    // nginx: client_header_timeout. Apache and others have about as much.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The table's own time-out resets the connection: it comes later, unless places run out.
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(15);

    /// <summary>Speaks TLS on the connection where the client does.</summary>
    /// <returns>Whether it does, and the stream from its first byte on.</returns>
    /// <exception cref="OperationCanceledException">The time is up; <see cref="ClientConnection.TimedOut"/> is set.</exception>
    public async ValueTask<(bool HasTls, DuplexStream Stream)> OpenAsync(SocketStream accepted, TlsServer tls)
    {
        connection.Patience = Patience + Reserve;
        using CancellationTokenSource limit = new(Patience, time);
        try
        {
            (bool isTls, DuplexStream stream) = await TlsPeek.ReadAsync(accepted, limit.Token).ConfigureAwait(false);
            return isTls ? (true, await tls.AcceptAsync(stream, limit.Token).ConfigureAwait(false)) : (false, stream);
        }
        catch (OperationCanceledException)
        {
            connection.TimedOut = true;
            throw;
        }
    }
}
