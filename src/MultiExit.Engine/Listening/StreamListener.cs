using System.Net;
using System.Runtime.InteropServices;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Protocols.ProxyProtocol;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>A port that takes connections.</summary>
internal sealed partial class StreamListener(StreamPort port, ISocketListener socket, InboundRuntime runtime, ListenerParts parts)
    : InboundListener(port, runtime, parts)
{
    private readonly TimeProvider _time = parts.Time;
    private readonly int _port = Announce(socket.LocalEndPoint.Port);

    public override IPEndPoint EndPoint => socket.LocalEndPoint;

    public override SafeHandle Handle => socket.Handle;

    public override bool IsPaused
    {
        set => socket.IsPaused = value;
    }

    public override bool HasTls => Runtime.Tls is not null;

    public override async Task RunAsync()
    {
        SteadyAccept<SocketStream> clients = new(socket.AcceptAsync, LogAcceptFailed);
        while (await clients.NextAsync().ConfigureAwait(false) is { } accepted)
            if (!TryTake(accepted)) await accepted.DisposeAsync().ConfigureAwait(false);
    }

    public override void Dispose() => Close();

    // Never throws: no connection ends the port.
    private bool TryTake(SocketStream accepted)
    {
        if (RuntimeFor(accepted) is not { } current) return false;
        try
        {
            bool isBalancer = current.IsBalancer(accepted.RemoteEndPoint.Address);
            Refusal refusal;
            ClientConnection? admitted = isBalancer
                ? TryAdmitBalancer(current, accepted.RemoteEndPoint, accepted.Abort, out refusal)
                : TryAdmit(current, accepted.RemoteEndPoint, accepted.Abort, out refusal);
            if (admitted is { } connection)
            {
                _ = ServeAsync(connection, accepted, current);
                return true;
            }
            Reject(current, accepted.RemoteEndPoint, refusal);
        }
        catch (Exception exception)
        {
            LogUnexpected(current.Config.Name, exception);
        }
        return false;
    }

    // Null: for an address that is not listened on any more.
    private InboundRuntime? RuntimeFor(SocketStream accepted)
    {
        if (_heirs is not { } heirs) return Runtime;
        IPAddress address = accepted.LocalEndPoint.Address;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Array.Find(heirs, heir => ListenAddress.Covers(heir.Port.EndPoint.Address, address))?.Runtime;
    }

    // Requests that come back here are recognized by this.
    private static int Announce(int port)
    {
        OwnConnections.Process.Add(port);
        return port;
    }

    // Never throws: a fault of one client ends here.
    private async Task ServeAsync(ClientConnection connection, SocketStream accepted, InboundRuntime runtime)
    {
        string name = runtime.Config.Name;
        try
        {
            // No token: connections are ended by aborting their socket, so the reads of the data path need no registrations.
            ProxyHeader? header = null;
            if (connection.IsBalancers)
            {
                header = await ProxyHeaderReader.ReadAsync(accepted, CancellationToken.None).ConfigureAwait(false);
                if (header is null) return;
                Refusal refusal = Identify(runtime, connection, header.Source);
                if (refusal.Text is not null)
                {
                    Reject(runtime, header.Source ?? connection.Client, refusal);
                    return;
                }
            }
            bool hasTls = runtime.Tls is not null;
            DuplexStream stream = accepted;
            if (hasTls && runtime.Config.LooksLikeWebServer)
                (hasTls, stream) = await new WebServerDoor(connection, _time).OpenAsync(accepted, runtime.Tls!).ConfigureAwait(false);
            else if (hasTls) stream = await runtime.Tls!.AcceptAsync(accepted, CancellationToken.None).ConfigureAwait(false);
            connection.Certificate = (stream as TlsStream)?.Client;
            InboundConnection inbound = new(name, stream, accepted, runtime.Config.AllowsPrivateDestinations,
                connection.CompleteHandshake, LoginsOf(connection), () => _time.GetElapsedTime(connection.Accepted))
            {
                Client = connection.Client, Certificate = connection.Certificate, ProxiedName = header?.Authority, ProxiedId = header?.UniqueId,
            };
            await using (inbound.ConfigureAwait(false))
            {
                // Behind the line above: either a list that has come meanwhile is seen here, or whoever cuts by it sees the connection.
                if (connection.Certificate is { } shown && Runtime.Tls?.Clients?.Revoked(shown) is { } revoked)
                    throw new ClientCertificateException($"its certificate is not taken: {revoked}; {shown.Description}", null);
                if (hasTls || runtime.Tls is null)
                    await runtime.Inbound.ServeAsync(inbound, runtime.Dispatcher, CancellationToken.None).ConfigureAwait(false);
                else await runtime.Inbound.ServePlainAsync(inbound, runtime.Dispatcher, CancellationToken.None).ConfigureAwait(false);
            }
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
