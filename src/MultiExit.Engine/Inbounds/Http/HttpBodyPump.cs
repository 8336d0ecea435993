using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>Moves one body to the other side, one buffer at a time, and stops exactly at its end.</summary>
/// <param name="source">The sender of the body.</param>
/// <param name="framing">How its end is found.</param>
/// <param name="limits">Limits on chunk lines and trailers.</param>
/// <param name="passed">Called with the number of bytes that were passed on; the returned task is awaited.</param>
internal sealed class HttpBodyPump(HandshakeReader source, HttpFraming framing, HttpLimits limits, Func<long, ValueTask>? passed)
{
    private const int BufferSize = 64 * 1024;
    private HttpBodyDecoder _decoder = new(framing, limits);
    private bool _invalid;
    private long _moved;

    /// <summary>The bytes taken from the source so far; may be read while the pump runs.</summary>
    public long Moved => Volatile.Read(ref _moved);

    /// <summary>The rule that the sender broke, once the outcome is <see cref="HttpBodyOutcome.SourceInvalid"/>.</summary>
    public HttpFault Fault => _decoder.Fault;

    /// <summary>True once the target could not be written to. The rest is still read, and dropped, so that a sender that does not read while
    /// it sends gets to the answer.</summary>
    public bool TargetFailed { get; private set; }

    /// <summary>True when a failing target is the caller's failure too, so that the pump must not go on without it.</summary>
    public bool ThrowOnTarget { get; init; }

    /// <summary>True to remove the chunked coding, for a receiver that does not know it.</summary>
    public bool ContentOnly { get; init; }

    /// <summary>Puts the part of the body that was already read after a head, so that both leave in one write. The writer of the head
    /// counts it.</summary>
    public void TakeBuffered(HttpHeadWriter head)
    {
        if (ContentOnly || source.Unread.IsEmpty) return;
        int taken = Take();
        head.Body(source.Unread[..taken]);
        source.Advance(taken);
    }

    /// <summary>Runs to the end of the body.</summary>
    /// <param name="target">The receiver of the body; null: there is none.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async ValueTask<HttpBodyOutcome> RunAsync(DuplexStream? target, CancellationToken cancellationToken)
    {
        while (!_decoder.IsComplete)
        {
            if (_invalid) return HttpBodyOutcome.SourceInvalid;
            if (source.Unread.IsEmpty)
            {
                try
                {
                    if (!await source.FillAsync(BufferSize, cancellationToken).ConfigureAwait(false))
                        return _decoder.EndsWithStream ? HttpBodyOutcome.Complete : HttpBodyOutcome.SourceEnded;
                }
                catch (Exception exception) when (exception is IOException or ObjectDisposedException)
                {
                    return HttpBodyOutcome.SourceEnded;
                }
            }
            int taken = Take(out int content);
            if (content > 0 && target is not null && !TargetFailed)
                await WriteAsync(target, source.UnreadMemory[..content], cancellationToken).ConfigureAwait(false);
            source.Advance(taken);
        }
        return HttpBodyOutcome.Complete;
    }

    private async ValueTask WriteAsync(DuplexStream target, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await target.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ThrowOnTarget && (exception is IOException or ObjectDisposedException))
        {
            TargetFailed = true;
            return;
        }
        if (passed is not null) await passed(bytes.Length).ConfigureAwait(false);
    }

    // All the bytes at hand, or one run of them where the framing is removed.
    private int Take(out int content)
    {
        if (!ContentOnly) return content = Take();
        HttpChunkPart part = _decoder.Next(source.Unread, out int consumed);
        _invalid = part == HttpChunkPart.Invalid;
        content = part == HttpChunkPart.Data ? consumed : 0;
        Volatile.Write(ref _moved, _moved + consumed);
        return consumed;
    }

    private int Take()
    {
        _invalid = !_decoder.TryTake(source.Unread, out int taken);
        Volatile.Write(ref _moved, _moved + taken);
        return taken;
    }
}
