using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing;

/// <summary>One TCP stream of a <see cref="TunnelSession"/>. What it may hold unread is bounded by its window.</summary>
/// <param name="session">The carrier.</param>
/// <param name="id">The stream id.</param>
/// <param name="window">What it may receive.</param>
/// <param name="asked">True on the side that opened it: the peer has to answer before it may send.</param>
internal sealed class TunnelStream(TunnelSession session, uint id, ReceiveWindow window, bool asked) : DuplexStream, ITunnelChannel
{
    // The window bounds the pipe, so the pipe itself never pauses its writer, the carrier's reader.
    private static readonly PipeOptions PipeOptions = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _received = new(PipeOptions);
    private readonly SendCredit _credit = new(TunnelWire.InitialWindow);
    private readonly TaskCompletionSource<TunnelAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private bool _ended;
    private bool _sentEnd;
    private bool _gotEnd;
    private bool _awaitsAnswer = asked; // the read loop's own

    public uint Id => id;

    /// <summary>The answer to CONNECT, on the side that asked. Fails with the reason when the stream ends before.</summary>
    public Task<TunnelAnswer> Answer => _answer.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result = await _received.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        int count = _received.Reader.Take(result, buffer.Span);
        if (count > 0) GrantCredit(count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int allowed = await _credit.TakeAsync(Math.Min(buffer.Length, TunnelWire.MaxPayload), cancellationToken).ConfigureAwait(false);
            await session.SendDataAsync(id, buffer[..allowed], cancellationToken).ConfigureAwait(false);
            buffer = buffer[allowed..];
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_ended || _sentEnd) return default;
            _sentEnd = true;
        }
        session.Send(TunnelFrameType.Close, id, []);
        EndIfBothEnded();
        return default;
    }

    public override void Abort() => Reset(TunnelResetCode.Cancelled, "the stream was aborted on this side");

    /// <summary>Counts the first payload that went with CONNECT.</summary>
    public void TakeCredit(int bytes) => _credit.Spend(bytes);

    public TunnelReceiveResult OnData(TunnelFrameOpener opener, ReadOnlySpan<byte> frame)
    {
        // The lock keeps the buffer from being given back by an abort while it is written.
        lock (_lock)
        {
            bool wanted = !_ended && !_gotEnd && !_awaitsAnswer;
            Span<byte> target = wanted ? _received.Writer.GetSpan(Math.Max(1, opener.GetPlaintextLength(frame.Length))) : session.Discard;
            if (opener.Open(frame, target, out int length) != TunnelOpenStatus.Ok) return TunnelReceiveResult.BadFrame;
            if (!wanted) return _ended ? TunnelReceiveResult.Ok : TunnelReceiveResult.Unexpected;
            if (!window.TryReceive(length)) return TunnelReceiveResult.Overrun;
            if (length == 0) return TunnelReceiveResult.Ok;
            _received.Writer.Advance(length);
        }
        Publish();
        return TunnelReceiveResult.Ok;
    }

    /// <summary>Takes the data that came with CONNECT.</summary>
    public TunnelReceiveResult OnFirstPayload(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            if (_ended) return TunnelReceiveResult.Ok;
            if (!window.TryReceive(data.Length)) return TunnelReceiveResult.Overrun;
            data.CopyTo(_received.Writer.GetSpan(data.Length));
            _received.Writer.Advance(data.Length);
        }
        Publish();
        return TunnelReceiveResult.Ok;
    }

    public TunnelReceiveResult OnDatagram(Destination address, ReadOnlySpan<byte> data) => TunnelReceiveResult.Unexpected;

    public TunnelReceiveResult OnClose()
    {
        lock (_lock)
        {
            if (_ended) return TunnelReceiveResult.Ok;
            if (_gotEnd || _awaitsAnswer) return TunnelReceiveResult.Unexpected;
            _gotEnd = true;
        }
        _received.Writer.Complete();
        EndIfBothEnded();
        return TunnelReceiveResult.Ok;
    }

    public TunnelReceiveResult OnWindow(uint credit) => _credit.TryAdd(credit) ? TunnelReceiveResult.Ok : TunnelReceiveResult.Overrun;

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
        bool completeReading;
        lock (_lock)
        {
            if (_ended) return;
            _ended = true;
            completeReading = !_gotEnd;
        }
        // Before the removal, which may be what ends the carrier.
        if (tell is { } code) session.SendReset(id, code);
        session.Remove(this);
        window.Release();
        _credit.Fail(reason);
        _answer.TrySetException(reason);
        _ = _answer.Task.Exception; // observed: nobody may be waiting
        if (completeReading) _received.Writer.Complete(new IOException(reason.Message, reason));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            bool whole;
            lock (_lock) whole = _sentEnd && _gotEnd;
            if (!whole) Reset(TunnelResetCode.Cancelled, "the stream was closed on this side");
            lock (_lock) _received.Reader.Complete();
        }
        base.Dispose(disposing);
    }

    // Completes at once: the pipe never pauses.
    [SuppressMessage("Reliability", "CA2012", Justification = "It has completed.")]
    private void Publish() => _ = _received.Writer.FlushAsync();

    private void Reset(TunnelResetCode code, string reason) => End(new IOException(reason), code);

    private void GrantCredit(int consumed)
    {
        if (_gotEnd || _ended) return; // no more comes
        uint credit = window.Consume(consumed, session.RoundTrip);
        if (credit != 0) session.RefreshRoundTrip();
        if (credit != 0) session.SendWindow(id, credit);
    }

    private void EndIfBothEnded()
    {
        lock (_lock)
        {
            if (_ended || !_sentEnd || !_gotEnd) return;
            _ended = true;
        }
        session.Remove(this);
        window.Release();
    }
}
