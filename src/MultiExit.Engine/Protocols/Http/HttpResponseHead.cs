using System.Globalization;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>A response head (RFC 9112 section 4), checked. Its field lines stay in the bytes it was read from.</summary>
internal sealed class HttpResponseHead
{
    public required int Status { get; init; }

    /// <summary>Where the reason phrase stands in the head; often empty.</summary>
    public required Range Reason { get; init; }

    public required int MinorVersion { get; init; }

    public required HttpFields Fields { get; init; }

    /// <summary>True for 1xx: another head follows, except after 101.</summary>
    public bool IsInterim => Status < 200;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the server keeps the connection.</summary>
    public bool KeepAlive => !Fields.Close && (MinorVersion == 1 || Fields.KeepAlive);

    /// <summary>The body that follows the head (RFC 9112 section 6.3).</summary>
    /// <param name="method">The method of the request.</param>
    public HttpFraming BodyFor(string method)
    {
        if (method == "HEAD" || IsInterim || Status is 204 or 304) return default;
        if (Fields.IsChunked) return new(HttpBodyKind.Chunked) { IsResponse = true };
        return Fields.ContentLength is { } length ? new(HttpBodyKind.Length, length) : new(HttpBodyKind.UntilClose);
    }

    /// <summary>Reads a complete head, as <see cref="HttpHeadScanner"/> found it.</summary>
    /// <returns>Null, with the fault, when it is not acceptable.</returns>
    public static HttpResponseHead? Parse(ReadOnlySpan<byte> head, out HttpFault fault)
    {
        int lineLength = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = head[..lineLength];
        if (line.Length < 12)
        {
            fault = HttpFault.Bad("faulty status line");
            return null;
        }
        if (!HttpVersion.TryParse(line[..HttpVersion.Length], out int minor, out fault)) return null;
        // Some servers leave out the blank after the code together with the phrase.
        bool shaped = line[8] == ' ' && (line.Length == 12 || line[12] == ' ') && HttpChars.IsFieldValue(line);
        if (!shaped || !int.TryParse(line[9..12], NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status < 100)
        {
            fault = HttpFault.Bad("faulty status line");
            return null;
        }
        if (HttpFields.Parse(head, isResponse: true, out fault) is not { } fields) return null;
        if (fields.HasTransferEncoding && (minor == 0 || !fields.IsChunked))
        {
            fault = HttpFault.Bad("Transfer-Encoding is not just chunked");
            return null;
        }
        return new() { Status = status, Reason = Math.Min(13, lineLength)..lineLength, MinorVersion = minor, Fields = fields };
    }
}
