using System.Buffers;
using System.Net.Sockets;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds.Transparent;

/// <summary>The datagrams of one client, from the first one until none has come or gone for the idle time.</summary>
/// <remarks>An answer is passed on only from a place that the client has sent to, as the kernel's own address translation does it: else any peer could
/// have this host send with the address of another.</remarks>
internal sealed class TransparentAssociation(
    ClientDatagrams client, AnswerSockets answers, UdpSeat seat, TimeSpan idleTimeout, TimeProvider time, EngineLog log)
{
    /// <summary>The most places that a client has at a time; with one more the one that it has sent to first is forgotten.</summary>
    internal const int MaxPlaces = 256;

    private const int MaxDatagram = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Destination, AnswerSocket?> _places = [];
    private readonly Queue<Destination> _inOrder = new();
    private readonly IdleWatch _idle = new(idleTimeout, time);
    private int _told;

    /// <summary>Serves it.</summary>
    public async ValueTask RunAsync(string protocol, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        UdpSession? session = null;
        ITimer? watch = null;
        try
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
            try
            {
                DatagramReceived first = await client.ReceiveAsync(buffer, ended.Token).ConfigureAwait(false);
                OpenedUdpSession opened = await dispatcher.OpenUdpAsync(
                    client.Request(protocol, first.Source), DeliverAsync, () => End(ended), ended.Token).ConfigureAwait(false);
                session = opened.Session;
                // Refused as a whole, the client stays known for the idle time all the same: each of its datagrams is not another request.
                watch = _idle.Watch(() => OnIdle(session, ended));
                seat.MayMakeRoom(_idle, () => OnIdle(session, ended));
                if (session is not null) await SendAsync(session, first, buffer, ended.Token).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            while (true)
            {
                // No buffer while the client has nothing to send.
                await client.ReceiveAsync(Memory<byte>.Empty, ended.Token).ConfigureAwait(false);
                await ForwardOneAsync(session, ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // It is over.
        }
        finally
        {
            watch?.Dispose();
            session?.EndWith(SessionOutcome.Ok);
            if (session is not null) await session.CloseAsync().ConfigureAwait(false);
            ReleaseAll();
        }
    }

    private async ValueTask ForwardOneAsync(UdpSession? session, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            DatagramReceived next = await client.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (session is not null) await SendAsync(session, next, buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void OnIdle(UdpSession? session, CancellationTokenSource ended)
    {
        if (session is null) End(ended);
        else session.Abort(SessionOutcome.Idle);
    }

    private static void End(CancellationTokenSource ended)
    {
        try
        {
            ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    private ValueTask SendAsync(UdpSession session, DatagramReceived datagram, byte[] buffer, CancellationToken cancellationToken)
    {
        Remember(datagram.Source);
        _idle.Touch();
        return session.SendAsync(datagram.Source, buffer.AsMemory(0, datagram.Length), cancellationToken);
    }

    private void Remember(Destination place)
    {
        AnswerSocket? forgotten = null;
        lock (_lock)
        {
            if (!_places.TryAdd(place, null)) return;
            _inOrder.Enqueue(place);
            if (_inOrder.Count > MaxPlaces) _places.Remove(_inOrder.Dequeue(), out forgotten);
        }
        if (forgotten is not null) answers.Release(forgotten);
    }

    private async ValueTask DeliverAsync(Destination source, ReadOnlyMemory<byte> datagram)
    {
        _idle.Touch();
        try
        {
            if (SocketOf(source) is { } socket) await socket.Socket.SendAsync(datagram, client.Client, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // Another client's socket took its place at this moment, or the association has ended: a lost datagram.
        }
        catch (SocketException exception)
        {
            if (Interlocked.Exchange(ref _told, 1) == 0) log.AnswerNotSent(client.Inbound, client.Client, source, exception.Message);
        }
    }

    // Null: not a place that the client has sent to.
    private AnswerSocket? SocketOf(Destination source)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(source, out AnswerSocket? held)) return null;
            if (held is not null && answers.Use(held)) return held;
            return _places[source] = answers.Hold(source.ToEndPoint()!);
        }
    }

    private void ReleaseAll()
    {
        AnswerSocket[] held;
        lock (_lock)
        {
            held = [.. _places.Values.OfType<AnswerSocket>()];
            _places.Clear();
        }
        foreach (AnswerSocket socket in held) answers.Release(socket);
    }
}
