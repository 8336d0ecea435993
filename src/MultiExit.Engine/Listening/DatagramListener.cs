using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>A port that takes datagrams. Datagrams from one address and port are one client, or those of one session where the protocol has sessions; a
/// client is counted and limited as a connection is.</summary>
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
    private readonly PauseGate _gate = new();
    private readonly Dictionary<DatagramClient, ClientDatagrams> _clients = [];
    private Func<DatagramClient, IDisposable?>? _stateOf;
    private long? _refused;
    private bool _closing;
    private bool _closed;

    public override IPEndPoint EndPoint => socket.LocalEndPoint;

    public override SafeHandle Handle => socket.Handle;

    public override bool IsPaused
    {
        set => _gate.IsPaused = value;
    }

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
        bool isFailing = false;
        while (true)
        {
            try
            {
                // What has come before the pause is served: nobody else has it.
                if (!socket.HasReceived) await _gate.WhenOpen.ConfigureAwait(false);
                (int length, IPEndPoint source, IPEndPoint? sentTo) = await socket.ReceiveSentAsync(buffer, _gate.Pausing).ConfigureAwait(false);
                isFailing = false;
                // An answer to port 0 is impossible.
                if (source.Port == 0 || sentTo?.Port == 0) continue;
                if (sentTo is not null && ListenerAddress.Is(sentTo, EndPoint.Port))
                    Reject(Runtime, source, new(RefusalReason.Handshake, ListenerAddress.NotRedirected), quiet: !MayReport());
                else
                    Take(buffer.AsSpan(0, length), source, sentTo);
            }
            catch (OperationCanceledException)
            {
                // Held up.
            }
            catch (ObjectDisposedException)
            {
                return; // the last client has gone, or there was none
            }
            catch (Exception exception)
            {
                // The system has run out of some resource: the next datagram may succeed a little later.
                if (exception is not SocketException && !isFailing) LogAcceptFailed(exception);
                isFailing |= exception is not SocketException;
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

    public override void Serve(InboundRuntime next)
    {
        ClientDatagrams[] cut;
        lock (_lock)
        {
            cut = next.Config.KeepsDatagramClientsOf(Runtime.Config) ? [] : [.. _clients.Values];
            base.Serve(next);
        }
        foreach (ClientDatagrams client in cut) client.Abort();
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

    // Never throws: no datagram ends the port.
    private void Take(ReadOnlySpan<byte> datagram, IPEndPoint source, IPEndPoint? sentTo)
    {
        InboundRuntime current = Runtime;
        try
        {
            if (current.Inbound.Datagrams is { } opener) TakeSealed(datagram, source, current, opener);
            else if ((Find(new(source)) ?? Admit(current, source, new(source), null)) is { } client
                && !(sentTo is null ? client.Add(datagram) : client.Add(sentTo, datagram))) CountDropped();
        }
        catch (Exception exception)
        {
            LogUnexpected(current.Config.Name, exception);
        }
    }

    private void TakeSealed(ReadOnlySpan<byte> datagram, IPEndPoint source, InboundRuntime current, IDatagramOpener opener)
    {
        if (!opener.TryOpen(datagram, source, _stateOf ??= StateOf, out OpenedDatagram opened, out string? reason))
        {
            Reject(current, source, new(RefusalReason.Handshake, reason), quiet: !MayReport());
            return;
        }
        ClientDatagrams? client = Find(opened.Client);
        // One that is not the first: its client has just gone.
        if (client is null) client = opened.IsFirst ? Admit(current, source, opened.Client, opened.State) : null;
        else if (!client.Source.Equals(source))
        {
            // It has come to another address, from which it has to be let in as from the first one.
            if (RefusalOf(current, source) is { Text: not null } refusal)
            {
                Reject(current, source, refusal, quiet: !MayReport());
                return;
            }
            client.Source = source;
        }
        if (client is not null && !client.Add(opened.Destination, opened.Payload.Span)) CountDropped();
    }

    private IDisposable? StateOf(DatagramClient key) => Find(key)?.State;

    private ClientDatagrams? Find(DatagramClient key)
    {
        lock (_lock) return _clients.GetValueOrDefault(key);
    }

    private ClientDatagrams? Admit(InboundRuntime current, IPEndPoint source, DatagramClient key, IDisposable? state)
    {
        ClientDatagrams? client = null;
        ClientConnection? connection = null;
        Refusal refusal = default;
        lock (_lock)
        {
            // A cut that comes as soon as the connection is listed waits for this lock, so that it finds the client. What was opened by an inbound that
            // has been replaced meanwhile is lost: the client's next datagram is for the new one.
            if (!_closing && current == Runtime) connection = TryAdmit(current, source, Abort, out refusal);
            if (connection is not null)
            {
                client = new ClientDatagrams(
                    current.Config.Name, source, socket.LocalEndPoint, current.Config.AllowsPrivateDestinations, SendAsync,
                    connection.CompleteHandshake, LoginsOf(connection)) { State = state };
                _clients[key] = client;
            }
        }
        if (client is not null)
        {
            _ = Task.Run(() => ServeAsync(connection!, client, key, current));
            return client;
        }
        state?.Dispose();
        if (refusal.Text is not null) Reject(current, source, refusal, quiet: !MayReport());
        return null;

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
    private async Task ServeAsync(ClientConnection connection, ClientDatagrams client, DatagramClient key, InboundRuntime runtime)
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
            lock (_lock)
            {
                _clients.Remove(key);
                // Whoever waits for the last connection of a server finds its ports free.
                CloseWhenUnused();
                Remove(connection);
            }
            client.State?.Dispose();
            client.Dispose();
        }
    }

    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint client, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.SendAsync(datagram, client, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    // Under the lock.
    private void CloseWhenUnused()
    {
        if (!_closing || _clients.Count > 0) return;
        _closed = true;
        socket.Share();
        socket.Dispose();
        _gate.Dispose();
    }
}
