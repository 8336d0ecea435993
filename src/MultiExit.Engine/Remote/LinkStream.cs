using System.IO.Pipelines;
using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Remote;

/// <summary>One channel of a control link. What the peer sends beyond its credit ends the link, so that a channel that nobody reads holds little and
/// keeps no other one waiting.</summary>
/// <param name="link">The link.</param>
/// <param name="id">The channel.</param>
internal sealed class LinkStream(ControlLink link, uint id) : DuplexStream
{
    /// <summary>The bytes of one direction that may be on their way, or wait for their reader.</summary>
    public const int Window = 256 * 1024;

    private const int MaxReason = 500;

    // The credit bounds what is in it.
    private readonly Pipe _received = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Lock _gate = new();
    private TaskCompletionSource _mayWrite = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _credit = Window;
    private int _peerCredit = Window;
    private int _taken;
    private bool _inputEnded;
    private bool _outputEnded;
    private Exception? _failure;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result = await _received.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        int count = (int)Math.Min(result.Buffer.Length, buffer.Length);
        int copied = 0;
        foreach (ReadOnlyMemory<byte> part in result.Buffer.Slice(0, count))
        {
            part.Span.CopyTo(buffer.Span[copied..]);
            copied += part.Length;
        }
        _received.Reader.AdvanceTo(result.Buffer.GetPosition(count));
        Give(count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            Task mayWrite;
            int count;
            lock (_gate)
            {
                if (_failure is not null) throw new IOException(_failure.Message, _failure);
                if (_outputEnded) throw new InvalidOperationException("this direction has ended");
                count = Math.Min(Math.Min(buffer.Length, LinkFrame.MaxPayload), _credit);
                _credit -= count;
                mayWrite = _mayWrite.Task;
            }
            if (count == 0)
            {
                await mayWrite.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            link.Send(new LinkFrame(LinkFrameType.Data, id, buffer[..count]));
            buffer = buffer[count..];
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        bool first;
        lock (_gate)
        {
            first = !_outputEnded && _failure is null;
            _outputEnded = true;
        }
        if (first) link.Send(new LinkFrame(LinkFrameType.End, id, default));
        LeaveIfOver();
        return ValueTask.CompletedTask;
    }

    public override void Abort() => Abort("");

    /// <summary>Ends both directions and tells the peer why.</summary>
    public void Abort(string reason)
    {
        if (!Fail(new IOException(reason.Length == 0 ? "the channel was closed" : reason))) return;
        link.Send(new LinkFrame(LinkFrameType.Reset, id, Encoding.UTF8.GetBytes(reason.Length > MaxReason ? reason[..MaxReason] : reason)));
    }

    /// <summary>Takes what the peer has sent.</summary>
    /// <returns>Whether it kept to its credit.</returns>
    internal bool Receive(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_inputEnded || _failure is not null) return true;
            _peerCredit -= bytes.Length;
            if (_peerCredit < 0) return false;
            bytes.CopyTo(_received.Writer.GetSpan(bytes.Length));
            _received.Writer.Advance(bytes.Length);
            // It is never full, so that this never waits.
            _ = _received.Writer.FlushAsync(CancellationToken.None).AsTask();
            return true;
        }
    }

    internal void ReceiveEnd()
    {
        lock (_gate)
        {
            if (_inputEnded || _failure is not null) return;
            _inputEnded = true;
            _received.Writer.Complete();
        }
        LeaveIfOver();
    }

    internal void ReceiveReset(ReadOnlySpan<byte> reason) =>
        Fail(new IOException(reason.IsEmpty ? "the other side closed the channel" : ErrorText.Clean(Encoding.UTF8.GetString(reason), MaxReason)));

    internal void ReceiveCredit(uint count)
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            _credit = (int)Math.Min(Window, _credit + (long)count);
            waiting = _mayWrite;
            _mayWrite = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        waiting.TrySetResult();
    }

    /// <summary>The channel is over.</summary>
    /// <returns>Whether it was not yet.</returns>
    internal bool Fail(Exception failure)
    {
        lock (_gate)
        {
            if (_failure is not null || (_inputEnded && _outputEnded)) return false;
            _failure = failure;
            _mayWrite.TrySetResult();
            if (!_inputEnded) _received.Writer.Complete(new IOException(failure.Message, failure));
        }
        link.Forget(id);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Abort();
        base.Dispose(disposing);
    }

    private void LeaveIfOver()
    {
        lock (_gate)
        {
            if (!_inputEnded || !_outputEnded) return;
        }
        link.Forget(id);
    }

    private void Give(int count)
    {
        int given;
        lock (_gate)
        {
            _taken += count;
            if (_taken < Window / 2 || _inputEnded || _failure is not null) return;
            given = _taken;
            _taken = 0;
            _peerCredit += given;
        }
        link.Send(LinkFrame.OfCredit(id, given));
    }
}
