using System.Buffers;
using System.Runtime.CompilerServices;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds;

/// <summary>The datagrams of one client to the one target of a forwarded port, and the answers. It lives until the idle time has passed without a
/// datagram in either direction.</summary>
internal sealed class ForwardAssociation
{
    private const int MaxDatagram = 64 * 1024;

    // A client whose datagrams cannot leave goes on sending; not each of them is a dial.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(1);

    private readonly ClientDatagrams _client;
    private readonly Destination _target;
    private readonly UdpSeat _seat;
    private readonly TimeProvider _time;
    private readonly IdleWatch _idle;

    public ForwardAssociation(ClientDatagrams client, Destination target, UdpSeat seat, TimeSpan idleTimeout, TimeProvider time)
    {
        _client = client;
        _target = target;
        _seat = seat;
        _time = time;
        _idle = new IdleWatch(idleTimeout, time);
    }

    /// <summary>Serves the client to the end of its association.</summary>
    public async ValueTask RunAsync(RequestInfo info, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        OpenedUdpSession opened = await dispatcher.OpenUdpAsync(info, DeliverAsync, _client.Abort, cancellationToken).ConfigureAwait(false);
        using UdpSession? session = opened.Session;
        if (session is null)
        {
            await Task.Delay(RefusedPause, _time, cancellationToken).ConfigureAwait(false);
            return;
        }
        try
        {
            _seat.MayMakeRoom(_idle, () => session.Abort(SessionOutcome.Idle));
            await using ConfiguredAsyncDisposable idle = _idle.Watch(() => session.Abort(SessionOutcome.Idle)).ConfigureAwait(false);
            while (true)
            {
                // No buffer while the client has nothing to send.
                await _client.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                await ForwardOneAsync(session, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Its idle time has passed, or an operator, a reload or the end of the server has cut it off.
        }
        finally
        {
            session.EndWith(SessionOutcome.Ok);
            await session.CloseAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask ForwardOneAsync(UdpSession session, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            int length = (await _client.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false)).Length;
            _idle.Touch();
            await session.SendAsync(_target, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask DeliverAsync(Destination source, ReadOnlyMemory<byte> datagram)
    {
        _idle.Touch();
        await _client.SendAsync(datagram, CancellationToken.None).ConfigureAwait(false);
    }
}
