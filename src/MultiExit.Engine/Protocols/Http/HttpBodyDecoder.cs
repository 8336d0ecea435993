namespace MultiExit.Engine.Protocols.Http;

/// <summary>Follows a body of any framing to its end.</summary>
/// <remarks>A struct with state: keep it in a field, never copy it.</remarks>
internal struct HttpBodyDecoder
{
    private readonly HttpBodyKind _kind;
    private HttpChunkedDecoder _chunks;
    private long _remaining;

    public HttpBodyDecoder(HttpFraming framing, HttpLimits limits)
    {
        _kind = framing.Kind;
        _remaining = framing.Length;
        _chunks = new(limits, framing.IsResponse);
        IsComplete = framing.IsEmpty;
    }

    /// <summary>True once the last byte was taken. A close-delimited body never is: its end is the end of the stream.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The rule that the peer broke, once <see cref="Next"/> has reported it.</summary>
    public readonly HttpFault Fault => _chunks.Fault;

    public readonly bool EndsWithStream => _kind == HttpBodyKind.UntilClose;

    /// <summary>Takes one run of bytes from the front of the input.</summary>
    /// <param name="input">The bytes at hand, not empty.</param>
    /// <param name="consumed">How many belong to the run.</param>
    public HttpChunkPart Next(ReadOnlySpan<byte> input, out int consumed)
    {
        HttpChunkPart part = HttpChunkPart.Data;
        switch (_kind)
        {
            case HttpBodyKind.Chunked:
                part = _chunks.Next(input, out consumed);
                IsComplete = part == HttpChunkPart.End;
                break;
            case HttpBodyKind.Length:
                consumed = (int)Math.Min(_remaining, input.Length);
                _remaining -= consumed;
                IsComplete = _remaining == 0;
                break;
            default:
                consumed = input.Length;
                break;
        }
        return part;
    }

    /// <summary>Takes all the bytes at hand that belong to the body, framing included.</summary>
    /// <param name="input">The bytes at hand.</param>
    /// <param name="consumed">How many belong to the body.</param>
    /// <returns>False when the peer broke the coding.</returns>
    public bool TryTake(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        while (!IsComplete && consumed < input.Length)
        {
            if (Next(input[consumed..], out int run) == HttpChunkPart.Invalid) return false;
            consumed += run;
        }
        return true;
    }
}
