using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>One TCP stream of a <see cref="TunnelSession"/>. Its window bounds the bytes that it may hold unread.</summary>
/// <param name="session">The carrier.</param>
/// <param name="id">The stream id.</param>
/// <param name="window">Its receive window.</param>
/// <param name="asked">True on the side that opened it: the peer has to answer before it may send.</param>
internal sealed class TunnelStream(TunnelSession session, uint id, ReceiveWindow window, bool asked) : CarriedStream(session.Memory), ITunnelChannel
{
    private readonly SendCredit _credit = new(TunnelWire.InitialWindow);
    private readonly StreamAnswer<TunnelAnswer>? _answer = asked ? new() : null;
    private bool _ended;
    private bool _reset;
    private bool _sentEnd;
    private bool _gotEnd;
    private bool _awaitsAnswer = asked; // the read loop's own
    private bool _publishDue; // this too

    public uint Id => id;

    public bool WasReset => Volatile.Read(ref _reset);

    /// <summary>The batch of the carrier's writer that has its last data.</summary>
    public long SentIn { get; set; } = -1;

    /// <summary>The answer to CONNECT, on the side that asked. Fails with the reason when the stream ends before.</summary>
    public Task<TunnelAnswer> Answer => _answer!.Task;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int allowed = await _credit.TakeAsync(buffer.Length, cancellationToken).ConfigureAwait(false);
            await session.SendDataAsync(this, buffer[..allowed], cancellationToken).ConfigureAwait(false);
            buffer = buffer[allowed..];
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        lock (Sync)
        {
            if (_ended || _sentEnd) return default;
            _sentEnd = true;
        }
        session.Send(TunnelFrameType.Close, id, [], of: this);
        EndIfBothEnded();
        return default;
    }

    public override void Abort() => Reset(TunnelResetCode.Cancelled, "the stream was aborted on this side");

    /// <summary>Counts the first payload that went with CONNECT.</summary>
    public void TakeCredit(int bytes) => _credit.Spend(bytes);

    public TunnelReceiveResult OnData(TunnelFrameOpener opener, ReadOnlySpan<byte> frame)
    {
        // The lock keeps the buffer from being given back by an abort while it is written.
        lock (Sync)
        {
            bool wanted = !_ended && !_gotEnd && !_awaitsAnswer;
            Span<byte> target = wanted ? GetRoom(Math.Max(1, opener.GetPlaintextLength(frame.Length))) : session.Discard;
            if (opener.Open(frame, target, out int length) != TunnelOpenStatus.Ok) return TunnelReceiveResult.BadFrame;
            if (!wanted) return _ended ? TunnelReceiveResult.Ok : TunnelReceiveResult.Unexpected;
            if (!window.TryReceive(length)) return TunnelReceiveResult.Overrun;
            if (length == 0) return TunnelReceiveResult.Ok;
            Take(length);
        }
        if (!_publishDue) session.PublishLater(this);
        _publishDue = true;
        return TunnelReceiveResult.Ok;
    }

    /// <summary>Wakes the reader for the data of all frames that came together, so that it passes them on together.</summary>
    public void PublishReceived()
    {
        _publishDue = false;
        Publish();
    }

    /// <summary>As <see cref="PublishReceived"/>, before what would have the reader lose the data.</summary>
    public void PublishDue()
    {
        if (_publishDue) PublishReceived();
    }

    /// <summary>Takes the data that came with CONNECT.</summary>
    public TunnelReceiveResult OnFirstPayload(ReadOnlySpan<byte> data)
    {
        lock (Sync)
        {
            if (_ended) return TunnelReceiveResult.Ok;
            if (!window.TryReceive(data.Length)) return TunnelReceiveResult.Overrun;
            data.CopyTo(GetRoom(data.Length));
            Take(data.Length);
        }
        Publish();
        return TunnelReceiveResult.Ok;
    }

    public TunnelReceiveResult OnDatagram(Destination address, ReadOnlySpan<byte> data) => TunnelReceiveResult.Unexpected;

    public TunnelReceiveResult OnClose()
    {
        lock (Sync)
        {
            if (_ended) return TunnelReceiveResult.Ok;
            if (_gotEnd || _awaitsAnswer) return TunnelReceiveResult.Unexpected;
            _gotEnd = true;
        }
        EndReceiving(null);
        EndIfBothEnded();
        return TunnelReceiveResult.Ok;
    }

    public TunnelReceiveResult OnWindow(uint credit) => _credit.TryAdd(credit) ? TunnelReceiveResult.Ok : TunnelReceiveResult.Overrun;

    public TunnelReceiveResult OnConnected(Socks5Reply reply, Destination bound)
    {
        if (!_awaitsAnswer) return TunnelReceiveResult.Unexpected;
        _awaitsAnswer = false;
        // Over before its user hears of it, who would report to the peer what the peer has said.
        if (reply != Socks5Reply.Succeeded) End(new IOException($"the tunnel server answered {reply}"), tell: null, answered: true);
        _answer!.Give(new TunnelAnswer(reply, bound));
        return TunnelReceiveResult.Ok;
    }

    public void End(Exception reason, TunnelResetCode? tell = null) => End(reason, tell, answered: false);

    public override void GiveUp(string why)
    {
        IOException reason = new($"a stream of the tunnel was ended with {Unread / 1024} KiB waiting for its reader: {why}");
        session.Warn(reason.Message);
        End(reason, TunnelResetCode.TimedOut);
        // Also where both ends had ended in order.
        Lose(reason);
        ReleaseWindowIfRead();
    }

    // The peer is granted more.
    protected override void OnRead(int count)
    {
        if (_gotEnd || _ended)
        {
            ReleaseWindowIfRead(); // no more comes
            return;
        }
        uint credit = window.Consume(count, session.RoundTrip);
        if (credit != 0) session.RefreshRoundTrip();
        if (credit != 0) session.SendWindow(this, credit);
        else if (window.IsWithheld) session.GrantLater();
    }

    /// <summary>Grants the credit that was withheld.</summary>
    public void Grant()
    {
        if (window.IsWithheld) OnRead(0);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            bool whole;
            lock (Sync) whole = _sentEnd && _gotEnd;
            if (!whole) Reset(TunnelResetCode.Cancelled, "the stream was closed on this side");
        }
        base.Dispose(disposing);
        if (disposing) ReleaseWindowIfRead();
    }

    private void End(Exception reason, TunnelResetCode? tell, bool answered)
    {
        bool completeReading;
        lock (Sync)
        {
            if (_ended) return;
            _ended = true;
            _reset = true;
            completeReading = !_gotEnd;
        }
        // Before the removal, which may be what ends the carrier.
        if (tell is { } code) session.SendReset(id, code, this);
        session.Remove(this);
        _credit.Fail(reason);
        if (!answered) _answer?.Fail(reason);
        if (completeReading) EndReceiving(reason);
        ReleaseWindowIfRead();
    }

    private void Reset(TunnelResetCode code, string reason) => End(new IOException(reason), code);

    private void EndIfBothEnded()
    {
        lock (Sync)
        {
            if (_ended || !_sentEnd || !_gotEnd) return;
            _ended = true;
        }
        session.Remove(this);
        ReleaseWindowIfRead();
    }

    // The bytes that an ended stream holds still count, until its reader has taken them.
    private void ReleaseWindowIfRead()
    {
        if (_ended && Unread == 0) window.Release();
    }
}
