using System.Text;
using System.Text.Json;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Control;

/// <summary>An answer of the control endpoint.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Content">The object that becomes the JSON body; null: no body.</param>
internal sealed record ControlAnswer(int Status, object? Content)
{
    /// <summary>The body where it is no JSON.</summary>
    private readonly ReadOnlyMemory<byte> _text;

    private ControlAnswer(string contentType, ReadOnlyMemory<byte> text)
        : this(200, null)
    {
        ContentType = contentType;
        _text = text;
    }

    /// <summary>For 405, the methods that the resource has.</summary>
    public string? Allow { get; init; }

    /// <summary>Further fields of the head.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>The target that has more of the same; null: this is all.</summary>
    public string? Next { get; init; }

    /// <summary>The content type of a body that is no JSON.</summary>
    public string? ContentType { get; private init; }

    /// <summary>Writes the body behind the head; null where the body is known.</summary>
    public AnswerStream? Stream { get; private init; }

    /// <summary>The connection speaks another protocol from here on, and ends with that.</summary>
    public SwitchedConnection? Switched { get; private init; }

    /// <summary>Another protocol (RFC 9110 section 7.8).</summary>
    public static ControlAnswer OfSwitch(string protocol, SwitchedConnection switched) =>
        new(101, null) { Switched = switched, Fields = [("Upgrade", protocol)] };

    public static ControlAnswer Ok(object content) => new(200, content);

    /// <summary>A body that is no JSON.</summary>
    public static ControlAnswer OfText(string contentType, ReadOnlyMemory<byte> text) => new(contentType, text);

    /// <summary>A body that is written bit by bit; the connection ends with it.</summary>
    public static ControlAnswer OfStream(string contentType, AnswerStream stream) => new(contentType, default) { Stream = stream };

    public static ControlAnswer NoContent { get; } = new(204, null);

    public static ControlAnswer Fail(int status, string error, string message) => new(status, new ControlError(error, message));

    public static ControlAnswer Of(HttpFault fault) => Fail(fault.Status, "InvalidRequest", fault.Text);

    public static ControlAnswer Of(ProxyException exception) => new(exception.Reason switch
    {
        ProxyError.OperatorNeeded => 403,
        ProxyError.VersionNotFound => 404,
        ProxyError.ServerState or ProxyError.MemberRefused or ProxyError.FleetOwned or ProxyError.RolloutState or ProxyError.TakeoverFailed => 409,
        ProxyError.Unexpected => 500,
        _ => 422, // the request is understood and cannot be done
    }, new ControlError(exception.Reason.ToString(), exception.Message, exception.ConfigErrors.Count > 0 ? exception.ConfigErrors : null));

    /// <summary>The whole answer as bytes.</summary>
    /// <param name="close">Whether the connection is closed after it.</param>
    /// <param name="isHead">Whether it answers HEAD, which takes the fields without the body.</param>
    public ReadOnlyMemory<byte> Format(bool close, bool isHead)
    {
        ReadOnlyMemory<byte> body = Content is null ? _text : ToJson(Content);
        HttpHeadWriter writer = new();
        writer.StatusLine(Status, Encoding.ASCII.GetBytes(Reason));
        if (Allow is not null) writer.Field("Allow"u8, Allow);
        if (Next is not null) writer.Field("Link"u8, $"<{Next}>; rel=\"next\""); // RFC 8288
        if (ContentType is not null) writer.Field("Content-Type"u8, ContentType);
        else if (Content is not null) writer.Field("Content-Type"u8, "application/json"u8);
        // 101 and 204 have none (RFC 9110 section 8.6); what is streamed ends with the connection (RFC 9112 section 6.3).
        if (Status is not (101 or 204) && Stream is null) writer.Field("Content-Length"u8, body.Length);
        writer.Field("Cache-Control"u8, "no-store"u8);
        foreach ((string name, string value) in Fields) writer.Field(Encoding.ASCII.GetBytes(name), value);
        writer.Field("Connection"u8, Switched is not null ? "Upgrade"u8 : close ? "close"u8 : "keep-alive"u8);
        writer.End();
        if (!isHead) writer.Body(body.Span);
        return writer.Written;
    }

    private static byte[] ToJson(object content) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(content, content.GetType(), ControlJson.Options), (byte)'\n'];

    private string Reason => Status switch
    {
        101 => "Switching Protocols",
        200 => "OK",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        414 => "URI Too Long",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "",
    };
}
