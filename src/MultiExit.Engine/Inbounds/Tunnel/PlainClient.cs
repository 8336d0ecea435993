using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>A client without TLS on a port with TLS. The fallback reads its bytes. Where the fallback would serve the request, the client
/// gets the answer that a web server gives on such a port; where the fallback refuses the request itself, the fallback's answer.</summary>
internal sealed class PlainClient(DuplexStream stream, SocketStream socket, TimeProvider time)
    : FallbackClient(stream, socket, time, hasTls: false)
{
    private const int MaxHead = 16 * 1024;

    private readonly byte[] _request = new byte[MaxHead];
    private readonly byte[] _answer = new byte[MaxHead];
    private int _requestLength;
    private int _answerLength;
    private bool _passes;
    private volatile bool _answered;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        int kept = Math.Min(read, MaxHead - _requestLength);
        buffer.Span[..kept].CopyTo(_request.AsSpan(_requestLength));
        _requestLength += kept;
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_passes)
        {
            await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            return;
        }
        int kept = Math.Min(buffer.Length, MaxHead - _answerLength);
        buffer.Span[..kept].CopyTo(_answer.AsSpan(_answerLength));
        _answerLength += kept;
        switch (PlainAnswer.Judge(_answer.AsSpan(0, _answerLength)))
        {
            case PlainVerdict.NeedMore when _answerLength < MaxHead:
                return;
            case PlainVerdict.Refused:
                _passes = true;
                await base.WriteAsync(_answer.AsMemory(0, _answerLength), cancellationToken).ConfigureAwait(false);
                if (kept < buffer.Length) await base.WriteAsync(buffer[kept..], cancellationToken).ConfigureAwait(false);
                return;
            default:
                byte[] answer = PlainAnswer.Create(_request.AsSpan(0, _requestLength), _answer.AsSpan(0, _answerLength));
                await base.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
                await base.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
                _answered = true;
                throw new IOException("it speaks no TLS, and has its answer");
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) =>
        _answered ? default : base.CompleteWritesAsync(cancellationToken);

    // The answer is on its way, and a reset would overtake it.
    public override void Abort()
    {
        if (!_answered) base.Abort();
    }
}
