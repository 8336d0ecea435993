namespace MultiExit.Engine.Protocols.Http;

/// <summary>Finds the end of a message head in bytes that arrive in pieces, each byte looked at once.</summary>
/// <remarks>Only CRLF ends a line: a parser that took a bare LF where the next one does not would see other messages
/// than that one (RFC 9112 section 2.2, 11.2).</remarks>
internal struct HttpHeadScanner
{
    private int _position;
    private int _lineStart;
    private int _lines;

    /// <summary>Goes on where the last call ended.</summary>
    /// <param name="head">All bytes from the first one of the head.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="length">The length of the head with its closing empty line.</param>
    /// <param name="fault">What is wrong, when something is.</param>
    public HttpParse Scan(ReadOnlySpan<byte> head, HttpLimits limits, out int length, out HttpFault fault)
    {
        length = 0;
        fault = default;
        while (true)
        {
            int found = head[_position..].IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            int end = found < 0 ? head.Length : _position + found;
            if (end - _lineStart > limits.MaxLine) return Fail(TooLong(limits), out fault);
            if (end > limits.MaxHead) return Fail(HttpFault.LargeHead("the head is too large", limits), out fault);
            _position = end;
            if (found < 0) return HttpParse.NeedMore;
            if (head[end] == 0) return Fail(HttpFault.Bad("NUL in the head"), out fault);
            if (head[end] == '\n') return Fail(HttpFault.Bad("a line ends with LF instead of CRLF"), out fault);
            if (end + 1 == head.Length) return HttpParse.NeedMore;
            if (head[end + 1] != '\n') return Fail(HttpFault.Bad("CR without LF in the head"), out fault);
            int next = end + 2;
            if (end == _lineStart)
            {
                if (_lines == 0) return Fail(HttpFault.Bad("the first line is empty"), out fault);
                length = next;
                return HttpParse.Ok;
            }
            // The first line is not a field.
            if (_lines++ > limits.MaxFields) return Fail(HttpFault.ManyFields(limits), out fault);
            _lineStart = _position = next;
        }
    }

    private readonly HttpFault TooLong(HttpLimits limits) =>
        _lines == 0 ? HttpFault.LongLine("the first line is too long", limits, 414) : HttpFault.LongLine("a field is too long", limits);

    private static HttpParse Fail(HttpFault value, out HttpFault fault)
    {
        fault = value;
        return HttpParse.Invalid;
    }
}
