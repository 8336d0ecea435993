using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing;

/// <summary>One TCP stream of a <see cref="TunnelSession"/>. What it may hold unread is bounded by its window.</summary>
internal sealed class TunnelStream(TunnelSession session, uint id, ReceiveWindow window) : DuplexStream, ITunnelChannel
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

    public uint Id => id;

    /// <summary>The answer to CONNECT, on the side that asked. Fails with the reason when the stream ends before.</summary>
    public Task<TunnelAnswer> Answer => _answer.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result = await _received.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        int copied = 0;
        foreach (ReadOnlyMemory<byte> segment in result.Buffer.Slice(0, count))
        {
            segment.CopyTo(buffer[copied..]);
            copied += segment.Length;
        }
        _received.Reader.AdvanceTo(result.Buffer.GetPosition(count));
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
            bool wanted = !_ended && !_gotEnd;
            Span<byte> target = wanted ? _received.Writer.GetSpan(TunnelWire.MaxBody) : session.Discard;
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
        if (!window.TryReceive(data.Length)) return TunnelReceiveResult.Overrun;
        data.CopyTo(_received.Writer.GetSpan(data.Length));
        _received.Writer.Advance(data.Length);
        Publish();
        return TunnelReceiveResult.Ok;
    }

    public TunnelReceiveResult OnDatagram(Destination address, ReadOnlySpan<byte> data) => TunnelReceiveResult.Unexpected;

    public void OnClose()
    {
        lock (_lock)
        {
            if (_ended || _gotEnd) return;
            _gotEnd = true;
        }
        _received.Writer.Complete();
        EndIfBothEnded();
    }

    public TunnelReceiveResult OnWindow(uint credit) => _credit.TryAdd(credit) ? TunnelReceiveResult.Ok : TunnelReceiveResult.Overrun;

    public void OnConnected(Socks5Reply reply, Destination bound) => _answer.TrySetResult(new TunnelAnswer(reply, bound));

    public bool End(Exception reason)
    {
        bool completeReading;
        lock (_lock)
        {
            if (_ended) return false;
            _ended = true;
            completeReading = !_gotEnd;
        }
        session.Remove(this);
        window.Release();
        _credit.Fail(reason);
        _answer.TrySetException(reason);
        _ = _answer.Task.Exception; // observed: nobody may be waiting
        if (completeReading) _received.Writer.Complete(new IOException(reason.Message, reason));
        return true;
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

    private void Reset(TunnelResetCode code, string reason)
    {
        if (End(new IOException(reason))) session.SendReset(id, code);
    }

    private void GrantCredit(int consumed)
    {
        uint credit = window.Consume(consumed, session.RoundTrip);
        if (credit != 0 && !_gotEnd && !_ended) session.SendWindow(id, credit);
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
