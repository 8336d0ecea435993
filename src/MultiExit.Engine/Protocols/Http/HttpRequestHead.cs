using System.Text;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>A request head (RFC 9112 section 3), checked. Its field lines stay in the bytes it was read from.</summary>
internal sealed class HttpRequestHead
{
    /// <summary>The method; case matters.</summary>
    public required string Method { get; init; }

    public required HttpTarget Target { get; init; }

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1 and later minor versions.</summary>
    public required int MinorVersion { get; init; }

    public required HttpFields Fields { get; init; }

    public bool IsHead => Method == "HEAD";

    public bool IsConnect => Method == "CONNECT";

    /// <summary>Whether the client wants to keep the connection (RFC 9112 section 9.3).</summary>
    public bool KeepAlive => !Fields.Close && (MinorVersion == 1 || Fields.KeepAlive);

    /// <summary>The body after the head. CONNECT has none: what follows belongs to the tunnel (RFC 9110 section 9.3.6).</summary>
    public HttpFraming Body =>
        IsConnect ? default :
        Fields.IsChunked ? new(HttpBodyKind.Chunked) :
        Fields.ContentLength is { } length ? new(HttpBodyKind.Length, length) : default;

    /// <summary>Reads a complete head, as <see cref="HttpHeadScanner"/> found it.</summary>
    /// <returns>Null, with the fault, when it is not acceptable.</returns>
    public static HttpRequestHead? Parse(ReadOnlySpan<byte> head, out HttpFault fault)
    {
        ReadOnlySpan<byte> line = head[..head.IndexOf("\r\n"u8)];
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last == first || !HttpChars.IsToken(line[..first]))
        {
            fault = HttpFault.Bad("faulty request line");
            return null;
        }
        if (!HttpVersion.TryParse(line[(last + 1)..], out int minor, out fault)) return null;
        string method = MethodName(line[..first]);
        if (HttpTarget.Parse(method, line[(first + 1)..last], out fault) is not { } target) return null;
        if (HttpFields.Parse(head, isResponse: false, out fault) is not { } fields) return null;
        fault = Check(fields, minor, method == "CONNECT");
        if (!fault.IsNone) return null;
        return new() { Method = method, Target = target, MinorVersion = minor, Fields = fields };
    }

    private static HttpFault Check(HttpFields fields, int minor, bool isConnect)
    {
        if (minor == 1 && fields.Host is null) return HttpFault.Bad("no Host field");
        // An empty Host is what a client sends whose target has no authority (RFC 9110 section 7.2).
        if (!string.IsNullOrEmpty(fields.Host) && !HttpAuthority.TryParse(fields.Host, 80, out _)) return HttpFault.Bad("faulty Host");
        // Content of CONNECT has no meaning (RFC 9110 section 9.3.6). A proxy in front of this one may take the bytes of the tunnel, or of
        // the next request, for the content.
        if (isConnect && (fields.HasTransferEncoding || fields.ContentLength > 0)) return HttpFault.Bad("CONNECT with a body");
        if (!fields.HasTransferEncoding) return default;
        // A recipient of HTTP/1.0 does not know the field, so that the two would disagree about the end of the body (RFC 9112 section 6.1).
        if (minor == 0) return HttpFault.Bad("Transfer-Encoding in HTTP/1.0");
        return fields.IsChunked ? default : HttpFault.Bad("Transfer-Encoding is not just chunked");
    }

    private static string MethodName(ReadOnlySpan<byte> method) => method switch
    {
        _ when method.SequenceEqual("GET"u8) => "GET",
        _ when method.SequenceEqual("POST"u8) => "POST",
        _ when method.SequenceEqual("CONNECT"u8) => "CONNECT",
        _ when method.SequenceEqual("HEAD"u8) => "HEAD",
        _ => Encoding.Latin1.GetString(method),
    };
}
