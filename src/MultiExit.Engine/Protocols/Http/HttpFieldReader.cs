namespace MultiExit.Engine.Protocols.Http;

/// <summary>Walks over the field lines of a head (RFC 9112 section 5). Nothing is allocated; every line is checked.</summary>
/// <param name="head">A complete head, as <see cref="HttpHeadScanner"/> found it.</param>
internal ref struct HttpFieldReader(ReadOnlySpan<byte> head)
{
    private readonly ReadOnlySpan<byte> _head = head;

    // No request begins with '/': a method has no such character.
    private readonly bool _isResponse = head.StartsWith("HTTP/"u8);
    private int _next = head.IndexOf("\r\n"u8) + 2;

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value without the white space around it.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the value stands in the head.</summary>
    public Range ValueRange { get; private set; }

    /// <summary>What is wrong, once <see cref="Read"/> has returned false.</summary>
    public HttpFault Fault { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>False after the last field, or when a line is faulty.</returns>
    public bool Read()
    {
        int length = _head[_next..].IndexOf("\r\n"u8);
        if (length <= 0) return false;
        ReadOnlySpan<byte> line = _head.Slice(_next, length);
        if (line[0] is (byte)' ' or (byte)'\t') return Fail("folded field (obs-fold)");
        int colon = line.IndexOf((byte)':');
        if (colon < 0) return Fail("faulty field name");
        // A blank before the colon is refused in a request, since the next server might read another name, and removed from a response
        // (RFC 9112 section 5.1).
        ReadOnlySpan<byte> name = _isResponse ? line[..colon].TrimEnd(" \t"u8) : line[..colon];
        if (!HttpChars.IsToken(name)) return Fail("faulty field name");
        if (!HttpChars.IsFieldValue(line)) return Fail("control character in a field");
        Name = name;
        Value = HttpChars.Trim(line[(colon + 1)..]);
        int start = _next + colon + 1 + line[(colon + 1)..].IndexOf(Value);
        ValueRange = start..(start + Value.Length);
        _next += length + 2;
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(Name, name);

    private bool Fail(string text)
    {
        Fault = HttpFault.Bad(text);
        return false;
    }
}
