using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>Turns a head that came in into the one that goes out. Fields of this hop end here, the framing is written once and from the
/// parsed head, everything else is copied byte for byte and in its order (RFC 9110 section 7.6).</summary>
internal static class HttpHeadRewriter
{
    /// <summary>Writes a request with an absolute target in the origin form.</summary>
    /// <param name="writer">Receives the head.</param>
    /// <param name="head">The client's head.</param>
    /// <param name="request">The same, parsed.</param>
    /// <param name="sessionHeader">A field that is for this proxy only; null for none.</param>
    /// <returns>Whether the client's wish to change protocols goes on to the server.</returns>
    public static bool Request(HttpHeadWriter writer, ReadOnlySpan<byte> head, HttpRequestHead request, string? sessionHeader)
    {
        bool upgrade = PassesUpgrade(request, head);
        int? forwards = request.Method is "TRACE" or "OPTIONS" ? request.Fields.MaxForwards : null;
        writer.RequestLine(request.Method, request.Target.Path);
        // From the target, whatever the client's own Host says (RFC 9112 section 3.2.2).
        writer.Field("Host"u8, request.Target.Authority.TrimEnd(':'));
        HttpFieldReader fields = new(head);
        while (fields.Read())
        {
            if (IsOfThisHop(fields, request.Fields) || IsOfThisRequest(fields, request, forwards)) continue;
            if (sessionHeader is not null && System.Text.Ascii.EqualsIgnoreCase(fields.Name, sessionHeader)) continue;
            writer.Field(fields.Name, fields.Value);
        }
        if (forwards is > 0) writer.Field("Max-Forwards"u8, forwards.Value - 1);
        Framing(writer, request.Body);
        if (upgrade)
        {
            writer.Field("Connection"u8, "Upgrade"u8);
            writer.Field("Upgrade"u8, head[request.Fields.Upgrade!.Value]);
        }
        Via(writer, request.MinorVersion);
        writer.End();
        return upgrade;
    }

    // Not for h2c: its settings belong to this hop.
    private static bool PassesUpgrade(HttpRequestHead request, ReadOnlySpan<byte> head) =>
        request.Fields is { ConnectionUpgrade: true, Upgrade: { } range } && request.MinorVersion == 1 && request.Body.IsEmpty
        && head[range] is { IsEmpty: false } protocols && protocols.IndexOf("h2c"u8) < 0;

    /// <summary>Writes a response, interim ones included.</summary>
    /// <param name="writer">Receives the head.</param>
    /// <param name="head">The server's head.</param>
    /// <param name="response">The same, parsed.</param>
    /// <param name="request">The request it answers.</param>
    /// <param name="close">Whether the client's connection is closed after it.</param>
    public static void Response(HttpHeadWriter writer, ReadOnlySpan<byte> head, HttpResponseHead response, HttpRequestHead request, bool close)
    {
        HttpFraming body = response.BodyFor(request.Method);
        writer.StatusLine(response.Status, head[response.Reason]);
        HttpFieldReader fields = new(head);
        while (fields.Read())
        {
            // 101 and 426 name protocols in Upgrade that the client has to see.
            bool passes = response.Status is 101 or 426 && fields.Is("Upgrade"u8);
            if (!passes && (IsOfThisHop(fields, response.Fields) || (fields.Is("Trailer"u8) && body.Kind != HttpBodyKind.Chunked))) continue;
            writer.Field(fields.Name, fields.Value);
        }
        if (response.Status == 101) writer.Field("Connection"u8, "Upgrade"u8);
        // HEAD and 304 give the length of a body that does not follow (RFC 9110 section 8.6).
        else if (body.Kind == HttpBodyKind.None && response is { IsInterim: false, Status: not 204, Fields.ContentLength: { } length })
            writer.Field("Content-Length"u8, length);
        else if (body.Kind != HttpBodyKind.Chunked || request.MinorVersion == 1) Framing(writer, body);
        Via(writer, response.MinorVersion);
        if (!response.IsInterim)
        {
            if (close) writer.Field("Connection"u8, "close"u8);
            else if (request.MinorVersion == 0) writer.Field("Connection"u8, "keep-alive"u8);
        }
        writer.End();
    }

    private static void Framing(HttpHeadWriter writer, HttpFraming body)
    {
        if (body.Kind == HttpBodyKind.Length) writer.Field("Content-Length"u8, body.Length);
        else if (body.Kind == HttpBodyKind.Chunked) writer.Field("Transfer-Encoding"u8, "chunked"u8);
    }

    private static void Via(HttpHeadWriter writer, int minorVersion) =>
        writer.Field("Via"u8, minorVersion == 0 ? "1.0 multiexit"u8 : "1.1 multiexit"u8);

    private static bool IsOfThisHop(in HttpFieldReader field, HttpFields fields) => field.Name.Length switch
    {
        2 => field.Is("TE"u8),
        7 => field.Is("Upgrade"u8),
        // Also with _ in place of -: a server that takes the two for one would see another body than this proxy.
        10 => field.Is("Connection"u8) || HttpFieldNames.IsReadAs(field.Name, "Keep-Alive"),
        14 => HttpFieldNames.IsReadAs(field.Name, "Content-Length") || HttpFieldNames.IsReadAs(field.Name, "HTTP2-Settings"),
        16 => HttpFieldNames.IsReadAs(field.Name, "Proxy-Connection"),
        17 => HttpFieldNames.IsReadAs(field.Name, "Transfer-Encoding"),
        _ => false,
    } || fields.IsListedInConnection(field.Name);

    private static bool IsOfThisRequest(in HttpFieldReader field, HttpRequestHead request, int? forwards) => field.Name.Length switch
    {
        4 => field.Is("Host"u8),
        // A client of HTTP/1.0 does not wait for 100 (RFC 9110 section 10.1.1).
        6 => request.MinorVersion == 0 && field.Is("Expect"u8),
        7 => request.Body.Kind != HttpBodyKind.Chunked && field.Is("Trailer"u8),
        12 => forwards is not null && field.Is("Max-Forwards"u8),
        19 => HttpFieldNames.IsReadAs(field.Name, "Proxy-Authorization"),
        _ => false,
    };
}
