namespace MultiExit.Engine.Protocols.Http;

/// <summary>Follows the chunked coding (RFC 9112 section 7.1) through bytes that arrive in any pieces, and checks every one of them, so that
/// whoever reads the same bytes after us finds the same end.</summary>
/// <remarks>A struct with state: keep it in a field, never copy it.</remarks>
internal struct HttpChunkedDecoder(HttpLimits limits)
{
    // 15 digits make sizes up to 2^60 - 1; longer ones are an attack on somebody's integer.
    private const int MaxSizeDigits = 15;
    private readonly HttpLimits _limits = limits;
    private State _state;
    private long _size;
    private int _digits;
    private int _line;
    private int _trailerBytes;
    private int _trailerFields;

    private enum State : byte { Size, SizeBlank, ExtensionStart, ExtensionName, ExtensionNameBlank, ExtensionValueStart, ExtensionToken, ExtensionQuoted,
        ExtensionQuotedPair, ExtensionEnd, SizeLf, Data, DataCr, DataLf, TrailerStart, TrailerName, TrailerValue, TrailerLf, LastLf }

    /// <summary>Takes one run of bytes of the same kind from the front of the input.</summary>
    /// <param name="input">The bytes at hand, not empty.</param>
    /// <param name="consumed">How many of them the run has.</param>
    public HttpChunkPart Next(ReadOnlySpan<byte> input, out int consumed)
    {
        if (_state == State.Data)
        {
            consumed = (int)Math.Min(_size, input.Length);
            _size -= consumed;
            if (_size == 0) _state = State.DataCr;
            return HttpChunkPart.Data;
        }
        for (consumed = 0; consumed < input.Length;)
        {
            byte value = input[consumed++];
            if (_state == State.LastLf) return value == '\n' ? HttpChunkPart.End : HttpChunkPart.Invalid;
            if (!(_state < State.Data ? SizeLine(value) : BetweenAndTrailer(value))) return HttpChunkPart.Invalid;
            if (_state == State.Data) break;
        }
        return HttpChunkPart.Framing;
    }

    private bool SizeLine(byte value)
    {
        if (++_line > _limits.MaxLine) return false;
        switch (_state)
        {
            case State.Size when char.IsAsciiHexDigit((char)value):
                if (++_digits > MaxSizeDigits) return false;
                _size = (_size << 4) | (uint)HexValue(value);
                return true;
            case State.Size:
                return _digits > 0 && AfterSize(value);
            case State.SizeBlank:
                // BWS is allowed before the ';' of an extension only.
                return value is (byte)' ' or (byte)'\t' || (value == ';' && Go(State.ExtensionStart));
            case State.ExtensionStart:
                return value is (byte)' ' or (byte)'\t' || (HttpChars.IsTokenByte(value) && Go(State.ExtensionName));
            case State.ExtensionName:
                return HttpChars.IsTokenByte(value) || (value == '=' ? Go(State.ExtensionValueStart) : AfterExtension(value, State.ExtensionNameBlank));
            case State.ExtensionNameBlank:
                return value is (byte)' ' or (byte)'\t' || (value == '=' && Go(State.ExtensionValueStart)) || (value == ';' && Go(State.ExtensionStart));
            case State.ExtensionValueStart:
                return value is (byte)' ' or (byte)'\t' || (value == '"' ? Go(State.ExtensionQuoted) : HttpChars.IsTokenByte(value) && Go(State.ExtensionToken));
            case State.ExtensionToken:
                return HttpChars.IsTokenByte(value) || AfterExtension(value, State.SizeBlank);
            case State.ExtensionQuoted:
                if (value == '"') return Go(State.ExtensionEnd);
                return value == '\\' ? Go(State.ExtensionQuotedPair) : IsText(value);
            case State.ExtensionQuotedPair:
                return IsText(value) && Go(State.ExtensionQuoted);
            case State.ExtensionEnd:
                return AfterExtension(value, State.SizeBlank);
            default:
                return value == '\n' && StartChunk();
        }
    }

    private bool AfterSize(byte value) => AfterExtension(value, State.SizeBlank);

    private bool AfterExtension(byte value, State blank) => value switch
    {
        (byte)'\r' => Go(State.SizeLf),
        (byte)';' => Go(State.ExtensionStart),
        (byte)' ' or (byte)'\t' => Go(blank),
        _ => false,
    };

    private bool StartChunk()
    {
        _line = 0;
        _digits = 0;
        return Go(_size == 0 ? State.TrailerStart : State.Data);
    }

    private bool BetweenAndTrailer(byte value)
    {
        if (_state >= State.TrailerStart && ++_trailerBytes > _limits.MaxHead) return false;
        switch (_state)
        {
            case State.DataCr:
                return value == '\r' && Go(State.DataLf);
            case State.DataLf:
                return value == '\n' && Go(State.Size);
            case State.TrailerStart:
                _line = 1;
                if (value == '\r') return Go(State.LastLf);
                return HttpChars.IsTokenByte(value) && ++_trailerFields <= _limits.MaxFields && Go(State.TrailerName);
            case State.TrailerName:
                return ++_line <= _limits.MaxLine && (HttpChars.IsTokenByte(value) || (value == ':' && Go(State.TrailerValue)));
            case State.TrailerValue:
                if (value == '\r') return Go(State.TrailerLf);
                return ++_line <= _limits.MaxLine && IsText(value);
            default:
                return value == '\n' && Go(State.TrailerStart);
        }
    }

    private bool Go(State next)
    {
        _state = next;
        return true;
    }

    private static bool IsText(byte value) => value >= ' ' ? value != 0x7f : value == '\t';

    private static int HexValue(byte value) => value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10;
}
