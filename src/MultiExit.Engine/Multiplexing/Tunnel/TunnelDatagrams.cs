using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>One UDP association of a <see cref="TunnelSession"/>, the same on both sides: datagrams with an address each.</summary>
/// <param name="session">The carrier.</param>
/// <param name="id">The stream id.</param>
/// <param name="asked">True on the side that opened it: the peer has to answer before anything else.</param>
internal sealed class TunnelDatagrams(TunnelSession session, uint id, bool asked) : ITunnelChannel, IDatagramFlow
{
    /// <summary>No address in particular.</summary>
    public static readonly Destination AnyDestination = Destination.FromAddress(IPAddress.Any, 0);

    private readonly DatagramQueue _received = new(session.Memory);
    private readonly TaskCompletionSource<TunnelAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _awaitsAnswer = asked; // the read loop's own
    private int _ended;

    public uint Id => id;

    public bool WasReset => Volatile.Read(ref _ended) != 0;

    /// <summary>The answer to CONNECT, on the side that asked.</summary>
    public Task<TunnelAnswer> Answer => _answer.Task;

    public ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) =>
        new(Volatile.Read(ref _ended) == 0 && session.TrySendDatagram(this, destination, datagram.Span));

    public LeftConnection? LeftTo(Destination destination) => session.Left;

    public ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _received.ReceiveAsync(buffer, cancellationToken);

    public TunnelReceiveResult OnData(TunnelFrameOpener opener, ReadOnlySpan<byte> frame) =>
        opener.Open(frame, session.Discard, out _) == TunnelOpenStatus.Ok ? TunnelReceiveResult.Unexpected : TunnelReceiveResult.BadFrame;

    public TunnelReceiveResult OnDatagram(Destination address, ReadOnlySpan<byte> data)
    {
        if (_awaitsAnswer) return TunnelReceiveResult.Unexpected;
        _received.Add(address, data);
        return TunnelReceiveResult.Ok;
    }

    public TunnelReceiveResult OnClose()
    {
        if (_awaitsAnswer) return TunnelReceiveResult.Unexpected;
        End(new AssociationEndedException());
        return TunnelReceiveResult.Ok;
    }

    public TunnelReceiveResult OnWindow(uint credit) => TunnelReceiveResult.Ok; // means nothing here

    public TunnelReceiveResult OnConnected(Socks5Reply reply, Destination bound)
    {
        if (!_awaitsAnswer) return TunnelReceiveResult.Unexpected;
        _awaitsAnswer = false;
        _answer.TrySetResult(new TunnelAnswer(reply, bound));
        if (reply != Socks5Reply.Succeeded) End(new IOException($"the tunnel server answered {reply}"));
        return TunnelReceiveResult.Ok;
    }

    public void End(Exception reason, TunnelResetCode? tell = null)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        if (tell is { } code) session.SendReset(id, code);
        session.Remove(this);
        _answer.TrySetException(reason);
        _ = _answer.Task.Exception; // observed: there may be no waiter
        _received.End(reason);
    }

    /// <summary>Ends the association here and reports it to the peer.</summary>
    public void Abort()
    {
        // CLOSE ends an association; one that has ended already ignores it.
        if (Volatile.Read(ref _ended) == 0) session.Send(TunnelFrameType.Close, id, [], of: this);
        End(new IOException("the association was closed on this side"));
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        _received.Clear();
        return default;
    }
}
