using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>A port that takes connections.</summary>
internal sealed class StreamListener(StreamPort port, ISocketListener socket, InboundRuntime runtime, ListenerParts parts)
    : InboundListener(port, runtime, parts)
{
    private int _port = Announce(socket.LocalEndPoint.Port);

    public override IPEndPoint EndPoint => socket.LocalEndPoint;

    public override bool HasTls => Runtime.Tls is not null;

    public override async Task RunAsync()
    {
        while (await socket.AcceptAsync().ConfigureAwait(false) is { } accepted)
        {
            InboundRuntime current = Runtime;
            if (TryAdmit(current, accepted.RemoteEndPoint, accepted.Abort, out string? refusal) is { } connection)
            {
                _ = ServeAsync(connection, accepted, current);
                continue;
            }
            Reject(current, accepted.RemoteEndPoint, refusal!);
            await accepted.DisposeAsync().ConfigureAwait(false);
        }
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _port, 0) is not 0 and int own) OwnConnections.Process.Remove(own);
        socket.Dispose();
    }

    // Requests that come back here are recognized by it.
    private static int Announce(int port)
    {
        OwnConnections.Process.Add(port);
        return port;
    }

    // Never throws: whatever a client does ends here.
    private async Task ServeAsync(ClientConnection connection, SocketStream accepted, InboundRuntime runtime)
    {
        string name = runtime.Config.Name;
        try
        {
            // No token: connections are ended by aborting their socket, so the reads of the data path need no registrations.
            DuplexStream stream = runtime.Tls is null
                ? accepted
                : await runtime.Tls.AcceptAsync(accepted, CancellationToken.None).ConfigureAwait(false);
            InboundConnection inbound = new(name, stream, accepted, runtime.Config.AllowsPrivateDestinations,
                connection.CompleteHandshake, user => LoginFailed(connection, user));
            await using (inbound.ConfigureAwait(false))
                await runtime.Inbound.ServeAsync(inbound, runtime.Dispatcher, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log(exception, connection, name);
        }
        finally
        {
            Remove(connection);
            await accepted.DisposeAsync().ConfigureAwait(false);
        }
    }
}
