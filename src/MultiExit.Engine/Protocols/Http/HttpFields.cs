using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>What the fields of a head say about framing, the connection and the hop. The field lines themselves stay in the head.</summary>
internal sealed class HttpFields
{
    // More would only serve to make the removal of fields expensive.
    private const int MaxConnectionOptions = 32;
    private List<string>? _connectionOptions;
    private int _codings;
    private bool _chunked;

    /// <summary>The Host field; null where there is none.</summary>
    public string? Host { get; private set; }

    /// <summary>Content-Length; null where there is none.</summary>
    public long? ContentLength { get; private set; }

    public bool HasTransferEncoding => _codings > 0;

    /// <summary>True when Transfer-Encoding is exactly <c>chunked</c>, the only coding understood.</summary>
    public bool IsChunked => _chunked && _codings == 1;

    public bool Close { get; private set; }

    public bool KeepAlive { get; private set; }

    public bool ConnectionUpgrade { get; private set; }

    public bool Expects100 { get; private set; }

    /// <summary>Where the value of Upgrade stands in the head.</summary>
    public Range? Upgrade { get; private set; }

    public Range? ProxyAuthorization { get; private set; }

    public Range? ProxyStatus { get; private set; }

    /// <summary>Max-Forwards; null where there is none (RFC 9110 section 7.6.2).</summary>
    public int? MaxForwards { get; private set; }

    /// <summary>True when the Connection field lists the name: such a field ends at this hop (RFC 9110 section 7.6.1).</summary>
    public bool IsListedInConnection(ReadOnlySpan<byte> name)
    {
        if (_connectionOptions is null) return false;
        foreach (string option in _connectionOptions)
            if (Ascii.EqualsIgnoreCase(name, option)) return true;
        return false;
    }

    /// <summary>Reads the fields of a complete head.</summary>
    /// <param name="head">The head.</param>
    /// <param name="isResponse">A response may repeat the same Content-Length; a request may not.</param>
    /// <param name="fault">What is wrong.</param>
    public static HttpFields? Parse(ReadOnlySpan<byte> head, bool isResponse, out HttpFault fault)
    {
        HttpFields fields = new();
        HttpFieldReader reader = new(head);
        while (reader.Read())
        {
            fault = fields.Add(in reader, isResponse);
            if (!fault.IsNone) return null;
        }
        fault = reader.Fault;
        if (!fault.IsNone) return null;
        if (fields.ContentLength is not null && fields.HasTransferEncoding)
        {
            fault = HttpFault.Bad("Content-Length together with Transfer-Encoding");
            return null;
        }
        return fields;
    }

    private HttpFault Add(in HttpFieldReader field, bool isResponse)
    {
        // The length first: it alone distinguishes most fields.
        switch (field.Name.Length)
        {
            case 4 when field.Is("Host"u8):
                if (Host is not null) return HttpFault.Bad("two Host fields");
                Host = Encoding.Latin1.GetString(field.Value);
                break;
            case 6 when field.Is("Expect"u8):
                Expects100 |= Ascii.EqualsIgnoreCase(field.Value, "100-continue"u8);
                break;
            case 7 when field.Is("Upgrade"u8):
                Upgrade = field.ValueRange;
                break;
            case 10 when field.Is("Connection"u8):
                return AddConnection(field.Value);
            case 12 when field.Is("Max-Forwards"u8):
                if (int.TryParse(field.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int forwards)) MaxForwards = forwards;
                break;
            case 12 when field.Is("Proxy-Status"u8):
                ProxyStatus = field.ValueRange;
                break;
            case 14 when field.Is("Content-Length"u8):
                if (!TryParseLength(field.Value, out long length)) return HttpFault.Bad("faulty Content-Length");
                if (ContentLength is { } other && !(isResponse && other == length)) return HttpFault.Bad("two Content-Length fields");
                ContentLength = length;
                break;
            case 16 when field.Is("Proxy-Connection"u8):
                // Not in any RFC, but the clients that send it mean the same.
                return AddConnection(field.Value);
            case 17 when field.Is("Transfer-Encoding"u8):
                AddCodings(field.Value);
                if (!HasTransferEncoding) return HttpFault.Bad("empty Transfer-Encoding");
                break;
            case 19 when field.Is("Proxy-Authorization"u8):
                if (ProxyAuthorization is not null) return HttpFault.Bad("two Proxy-Authorization fields");
                ProxyAuthorization = field.ValueRange;
                break;
        }
        return default;
    }

    private HttpFault AddConnection(ReadOnlySpan<byte> value)
    {
        HttpListReader options = new(value);
        while (options.Read())
        {
            if (Ascii.EqualsIgnoreCase(options.Current, "close"u8)) Close = true;
            else if (Ascii.EqualsIgnoreCase(options.Current, "keep-alive"u8)) KeepAlive = true;
            else if (Ascii.EqualsIgnoreCase(options.Current, "upgrade"u8)) ConnectionUpgrade = true;
            else if (!HttpChars.IsToken(options.Current)) return HttpFault.Bad("faulty Connection");
            else if ((_connectionOptions ??= []).Count == MaxConnectionOptions) return HttpFault.Bad("too many options in Connection");
            else _connectionOptions.Add(Encoding.Latin1.GetString(options.Current));
        }
        return default;
    }

    private void AddCodings(ReadOnlySpan<byte> value)
    {
        HttpListReader codings = new(value);
        while (codings.Read())
        {
            _codings++;
            _chunked |= Ascii.EqualsIgnoreCase(codings.Current, "chunked"u8);
        }
    }

    // 1*DIGIT and nothing else: no sign, no list, no blank inside (RFC 9110 section 8.6).
    private static bool TryParseLength(ReadOnlySpan<byte> value, out long length) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out length);
}
