using System.Net;
using System.Security.Authentication;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>A listening socket and the inbound that serves its connections; a reload exchanges the inbound, not the socket.</summary>
internal sealed class InboundListener(
    ISocketListener socket, InboundRuntime runtime, ConnectionTable connections, LoginGuard logins, ServerCounters counters,
    EngineLog log) : IDisposable
{
    private volatile InboundRuntime _runtime = runtime;

    public InboundRuntime Runtime
    {
        get => _runtime;
        set => _runtime = value;
    }

    public IPEndPoint EndPoint => socket.LocalEndPoint;

    /// <summary>Accepts until disposed.</summary>
    public async Task RunAsync()
    {
        while (await socket.AcceptAsync().ConfigureAwait(false) is { } accepted)
        {
            InboundRuntime current = _runtime;
            if (logins.IsLocked(accepted.RemoteEndPoint.Address))
            {
                await RejectAsync(accepted, current, "locked out after failed logins").ConfigureAwait(false);
                continue;
            }
            if (!current.Inbound.Admits(accepted.RemoteEndPoint))
            {
                await RejectAsync(accepted, current, "new connections come too fast").ConfigureAwait(false);
                continue;
            }
            ClientConnection? connection = connections.TryAdd(accepted, current.Config.Name, current.Limits, out string? refusal);
            if (connection is not null)
            {
                _ = ServeAsync(connection, current);
                continue;
            }
            await RejectAsync(accepted, current, refusal!).ConfigureAwait(false);
        }
    }

    public void Dispose() => socket.Dispose();

    private ValueTask RejectAsync(SocketStream accepted, InboundRuntime current, string reason)
    {
        counters.CountRejected();
        log.LimitReached(current.Config.Name, accepted.RemoteEndPoint, reason);
        return accepted.DisposeAsync();
    }

    // Never throws: whatever a client does ends here.
    private async Task ServeAsync(ClientConnection connection, InboundRuntime runtime)
    {
        string name = runtime.Config.Name;
        bool failedLogin = false;
        try
        {
            // No token: connections are ended by aborting their socket, so the reads of the data path need no registrations.
            DuplexStream stream = runtime.Tls is null
                ? connection.Socket
                : await runtime.Tls.AcceptAsync(connection.Socket, CancellationToken.None).ConfigureAwait(false);
            InboundConnection inbound = new(name, stream, connection.Socket, runtime.Config.AllowsPrivateDestinations,
                () => connection.HandshakeCompleted = true,
                user =>
                {
                    failedLogin = true;
                    if (logins.Failed(name, connection.Client, user)) connection.Socket.Abort();
                });
            await using (inbound.ConfigureAwait(false))
                await runtime.Inbound.ServeAsync(inbound, runtime.Dispatcher, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log(exception, connection, name, failedLogin);
        }
        finally
        {
            connections.Remove(connection);
            await connection.Socket.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Log(Exception exception, ClientConnection connection, string name, bool failedLogin)
    {
        switch (exception)
        {
            case not null when connection.TimedOut:
                log.HandshakeTimedOut(name, connection.Client);
                break;
            case ProxyException { Reason: ProxyError.AccessRefused } when failedLogin:
                // Counted and logged as that.
                break;
            case ProxyException { Reason: ProxyError.AccessRefused }:
                counters.CountRefusedHandshake();
                log.NotLetIn(name, connection.Client, exception.Message);
                break;
            case ProxyException:
                counters.CountFault();
                log.PeerFault(name, connection.Client, exception.Message);
                break;
            case AuthenticationException:
                counters.CountFault();
                log.PeerFault(name, connection.Client, $"TLS: {exception.InnerException?.Message ?? exception.Message}");
                break;
            case IOException or OperationCanceledException or ObjectDisposedException:
                log.ClientGone(name, connection.Client, exception.Message);
                break;
            default:
                log.Unexpected(name, exception!);
                break;
        }
    }
}
