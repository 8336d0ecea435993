using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>A port that takes datagrams. Datagrams from one address and port are one client, which is counted and limited as a connection
/// is.</summary>
/// <remarks>All clients share the socket, so it is closed when the last one has gone.</remarks>
internal sealed class DatagramListener(DatagramPort port, UdpSocket socket, InboundRuntime runtime, ListenerParts parts)
    : InboundListener(port, runtime, parts)
{
    private const int MaxDatagram = 64 * 1024;

    // The sources of datagrams can be forged, so refusals come as fast as a network carries them: the log gets one line in this time.
    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time = parts.Time;
    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, ClientDatagrams> _clients = [];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private long? _refused;
    private bool _closing;
    private bool _closed;

    public override IPEndPoint EndPoint => socket.LocalEndPoint;

    public override bool IsUdp => true;

    public override bool IsClosed
    {
        get
        {
            lock (_lock) return _closed;
        }
    }

    public override async Task RunAsync()
    {
        byte[] buffer = new byte[MaxDatagram];
        while (true)
        {
            try
            {
                (int length, IPEndPoint source, IPEndPoint? sentTo) = await socket.ReceiveSentAsync(buffer, CancellationToken.None).ConfigureAwait(false);
                // An answer to port 0 is impossible.
                if (source.Port == 0 || sentTo?.Port == 0) continue;
                if (sentTo is not null && ListenerAddress.Is(sentTo, EndPoint.Port))
                    Reject(Runtime, source, new(RefusalReason.Handshake, ListenerAddress.NotRedirected), quiet: !MayReport());
                else
                    (Find(source) ?? Admit(source))?.Add(buffer.AsSpan(0, length), sentTo);
            }
            catch (ObjectDisposedException)
            {
                return; // the last client has gone, or there was none
            }
            catch (SocketException)
            {
                // The system has run out of some resource: the next datagram may succeed a little later.
                await Task.Delay(RetryPause).ConfigureAwait(false);
            }
        }
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _closing = true;
            CloseWhenUnused();
        }
    }

    public override bool TryReopen()
    {
        lock (_lock)
        {
            if (_closed) return false;
            _closing = false;
            return true;
        }
    }

    private ClientDatagrams? Find(IPEndPoint source)
    {
        lock (_lock) return _clients.GetValueOrDefault(source);
    }

    private ClientDatagrams? Admit(IPEndPoint source)
    {
        InboundRuntime current = Runtime;
        ClientDatagrams? client = null;
        ClientConnection? connection;
        Refusal refusal;
        lock (_lock)
        {
            if (_closing) return null;
            // A cut that comes as soon as the connection is listed waits for this lock, so that it finds the client.
            connection = TryAdmit(current, source, Abort, out refusal);
            if (connection is not null)
            {
                ClientLogins logins = LoginsOf(connection);
                client = new ClientDatagrams(
                    current.Config.Name, source, socket.LocalEndPoint, current.Config.AllowsPrivateDestinations,
                    (datagram, cancellationToken) => SendAsync(datagram, source, cancellationToken),
                    connection.CompleteHandshake, logins.LoginFailed) { Logins = logins };
                _clients[source] = client;
            }
        }
        if (client is null) Reject(current, source, refusal, quiet: !MayReport());
        else _ = Task.Run(() => ServeAsync(connection!, client, current));
        return client;

        void Abort()
        {
            ClientDatagrams? cut;
            lock (_lock) cut = client;
            cut?.Abort();
        }
    }

    private bool MayReport()
    {
        if (_refused is { } last && _time.GetElapsedTime(last) < RefusalPause) return false;
        _refused = _time.GetTimestamp();
        return true;
    }

    // Never throws: a fault of one client ends here.
    private async Task ServeAsync(ClientConnection connection, ClientDatagrams client, InboundRuntime runtime)
    {
        try
        {
            await runtime.Inbound.ServeDatagramsAsync(client, runtime.Dispatcher, client.Ended).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log(exception, connection, runtime.Config.Name);
        }
        finally
        {
            Remove(connection);
            lock (_lock)
            {
                _clients.Remove(client.Client);
                CloseWhenUnused();
            }
            client.Dispose();
        }
    }

    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint client, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await socket.SendAsync(datagram, client, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    // Under the lock.
    private void CloseWhenUnused()
    {
        if (!_closing || _clients.Count > 0) return;
        _closed = true;
        socket.Dispose();
    }
}
