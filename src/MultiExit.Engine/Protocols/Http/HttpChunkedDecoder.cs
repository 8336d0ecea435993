using System.Runtime.CompilerServices;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>Follows the chunked coding (RFC 9112 section 7.1) through bytes that arrive in any pieces, and checks every one of them, so that
/// the next reader of the same bytes finds the same end.</summary>
/// <remarks>A struct with state: keep it in a field, never copy it.</remarks>
internal struct HttpChunkedDecoder(HttpLimits limits, bool isResponse)
{
    // 15 digits make sizes up to 2^60 - 1; longer ones are an attack on the integers of some parser.
    private const int MaxSizeDigits = 15;
    private readonly HttpLimits _limits = limits;
    private readonly bool _isResponse = isResponse;
    private State _state;
    private long _size;
    private int _digits;
    private int _line;
    private int _trailerBytes;
    private int _trailerFields;
    private TrailerName _trailerName;

    private enum State : byte { Size, SizeBlank, ExtensionStart, ExtensionName, ExtensionNameBlank, ExtensionValueStart, ExtensionToken, ExtensionQuoted,
        ExtensionQuotedPair, ExtensionEnd, SizeLf, Data, DataCr, DataLf, TrailerStart, TrailerName, TrailerValue, TrailerLf, LastLf }

    /// <summary>The rule that the peer broke, once <see cref="Next"/> has reported it.</summary>
    public HttpFault Fault { get; private set; } = HttpFault.Bad("faulty chunked body");

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
        if (++_line > _limits.MaxLine) return Fail(HttpFault.LongLine("the line of a chunk's size is too long", _limits));
        switch (_state)
        {
            case State.Size when char.IsAsciiHexDigit((char)value):
                if (++_digits > MaxSizeDigits) return false;
                _size = (_size << 4) | (uint)HexValue(value);
                return true;
            case State.Size:
                return _digits > 0 && AfterSize(value);
            case State.SizeBlank:
                // BWS is allowed before the ';' of an extension only; servers that write a size into a field of fixed width pad it.
                return value is (byte)' ' or (byte)'\t' || (value == ';' && Go(State.ExtensionStart)) || IsPadded(value);
            case State.ExtensionStart:
                return value is (byte)' ' or (byte)'\t' || (HttpChars.IsTokenByte(value) && Go(State.ExtensionName));
            case State.ExtensionName:
                return HttpChars.IsTokenByte(value) || (value == '=' ? Go(State.ExtensionValueStart) : AfterExtension(value, State.ExtensionNameBlank));
            case State.ExtensionNameBlank:
                return value is (byte)' ' or (byte)'\t' || (value == '=' && Go(State.ExtensionValueStart)) || (value == ';' && Go(State.ExtensionStart))
                    || IsPadded(value);
            case State.ExtensionValueStart:
                return value is (byte)' ' or (byte)'\t'
                    || (value == '"' ? Go(State.ExtensionQuoted) : HttpChars.IsTokenByte(value) && Go(State.ExtensionToken));
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

    private bool IsPadded(byte value) => _isResponse && value == '\r' && Go(State.SizeLf);

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
        if (_state >= State.TrailerStart && ++_trailerBytes > _limits.MaxHead) return Fail(HttpFault.LargeHead("the trailer section is too large", _limits));
        switch (_state)
        {
            case State.DataCr:
                return value == '\r' && Go(State.DataLf);
            case State.DataLf:
                return value == '\n' && Go(State.Size);
            case State.TrailerStart:
                _line = 1;
                if (value == '\r') return Go(State.LastLf);
                if (!HttpChars.IsTokenByte(value)) return false;
                _trailerName.Begin(value);
                return ++_trailerFields <= _limits.MaxFields ? Go(State.TrailerName) : Fail(HttpFault.ManyFields(_limits));
            case State.TrailerName:
                if (++_line > _limits.MaxLine) return Fail(HttpFault.LongLine("a trailer field is too long", _limits));
                if (value == ':') return _trailerName.IsForbidden ? Fail(HttpFault.Bad("a field that must not stand behind the body")) : Go(State.TrailerValue);
                _trailerName.Add(value);
                return HttpChars.IsTokenByte(value);
            case State.TrailerValue:
                if (value == '\r') return Go(State.TrailerLf);
                return ++_line <= _limits.MaxLine ? IsText(value) : Fail(HttpFault.LongLine("a trailer field is too long", _limits));
            default:
                return value == '\n' && Go(State.TrailerStart);
        }
    }

    private bool Go(State next)
    {
        _state = next;
        return true;
    }

    private bool Fail(HttpFault fault)
    {
        Fault = fault;
        return false;
    }

    private static bool IsText(byte value) => value >= ' ' ? value != 0x7f : value == '\t';

    private static int HexValue(byte value) => value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10;

    /// <summary>The name of a trailer field as it arrives, as far as its length matters.</summary>
    private struct TrailerName
    {
        private Bytes _bytes;
        private int _length;

        public readonly bool IsForbidden =>
            _length <= HttpFieldNames.LongestNoTrailer && HttpFieldNames.IsNoTrailer(((ReadOnlySpan<byte>)_bytes)[.._length]);

        public void Begin(byte value)
        {
            _bytes[0] = value;
            _length = 1;
        }

        public void Add(byte value)
        {
            if (_length < HttpFieldNames.LongestNoTrailer) _bytes[_length] = value;
            _length++;
        }

        [InlineArray(HttpFieldNames.LongestNoTrailer)]
        private struct Bytes
        {
            private byte _first;
        }
    }
}
