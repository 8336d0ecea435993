using System.Text;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>An answer that the proxy gives itself.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Text">A sentence for the person at the other end; becomes the body.</param>
internal sealed record HttpAnswer(int Status, string Text)
{
    /// <summary>The methods that the proxy itself takes, for the Allow field.</summary>
    private const string Methods = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS, CONNECT";

    public string? ProxyStatus { get; init; }

    public bool Challenge { get; init; }

    public bool Allow { get; init; }

    /// <summary>A field of the caller's, name and value; null for none.</summary>
    public (string Name, string Value)? Field { get; init; }

    public static HttpAnswer Unauthorized { get; } = new(407, "this proxy asks for a user name and a password") { Challenge = true };

    public static HttpAnswer For(HttpFault fault) => new(fault.Status, fault.Text);

    /// <summary>The answer to a request that could not be served. What a client got wrong itself, it is told.</summary>
    public static HttpAnswer For(DialFailure failure, RequestInfo request) => new(
        HttpProxyStatus.StatusCode(failure),
        request.Choice is { } choice && failure == DialFailure.NotAllowed ? OfChoice(choice) : HttpProxyStatus.Describe(failure))
        {
            ProxyStatus = HttpProxyStatus.Format(failure),
        };

    private static string OfChoice(NameChoice choice) => choice.Problem
        ?? HttpProxyStatus.Describe(DialFailure.NotAllowed) + (choice.IsNarrow ? $", or not by {choice.Scope}" : "");

    /// <summary>The whole answer as bytes.</summary>
    /// <param name="close">Whether the connection is closed after it.</param>
    /// <param name="isHead">Whether it answers HEAD, which takes the fields without the body.</param>
    public ReadOnlyMemory<byte> Format(bool close, bool isHead)
    {
        byte[] body = Text.Length == 0 ? [] : Encoding.UTF8.GetBytes(Text + "\n");
        HttpHeadWriter writer = new();
        writer.StatusLine(Status, Encoding.ASCII.GetBytes(Reason));
        if (Challenge) writer.Field("Proxy-Authenticate"u8, "Basic realm=\"multiexit\", charset=\"UTF-8\""u8);
        if (Allow) writer.Field("Allow"u8, Methods);
        if (Status == 426)
        {
            writer.Field("Upgrade"u8, "websocket"u8);
            writer.Field("Sec-WebSocket-Version"u8, "13"u8);
        }
        if (Field is { } field) writer.Field(Encoding.ASCII.GetBytes(field.Name), field.Value);
        if (ProxyStatus is not null) writer.Field("Proxy-Status"u8, ProxyStatus);
        if (body.Length > 0) writer.Field("Content-Type"u8, "text/plain; charset=utf-8"u8);
        writer.Field("Content-Length"u8, body.Length);
        if (Status == 426) writer.Field("Connection"u8, "close, Upgrade"u8); // Upgrade is listed there (RFC 9110 section 7.8)
        else writer.Field("Connection"u8, close ? "close"u8 : "keep-alive"u8);
        writer.End();
        if (!isHead) writer.Body(body);
        return writer.Written;
    }

    private string Reason => Status switch
    {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        414 => "URI Too Long",
        426 => "Upgrade Required",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    };
}
