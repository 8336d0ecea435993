using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Fuzz.Targets;

/// <summary>A server's answer to the upgrade. Outcomes: an answer, or what is wrong with it.</summary>
internal static class WebSocketResponseTarget
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Protocols = "a, b";
    private const string Extension = "x";

    public static FuzzTarget Target => new("websocket-response", Run)
    {
        Words =
        [
            .. HttpText.Words, @"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", @"\r\nSec-WebSocket-Protocol: a",
            @"\r\nSec-WebSocket-Extensions: x", "HTTP/1.1 101 S"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        if (HttpText.Head(input) is not { IsEmpty: false } head || HttpResponseHead.Parse(head, out _) is not { } response) return;
        Meter meter = new();
        WebSocketResponse? answer = WebSocketResponse.Parse(response, head, Key, Protocols, Extension, out string? problem);
        meter.Check(head.Length, 64, 8192);
        Claim.Same(answer is null, problem is not null, "a problem comes without an answer");
        if (answer is null) return;
        Claim.That(response.Status == 101 && answer.Protocol is null or "a" or "b" or Protocols,
            "something was chosen that was not offered");
        ReadOnlySpan<byte> written = WebSocketResponse.Format(Key, answer.Protocol, answer.HasExtension ? Extension : null).Span;
        HttpResponseHead? again = HttpResponseHead.Parse(written, out HttpFault fault);
        Claim.That(again is not null, $"an answer that was written is not read: {fault.Text}");
        Claim.Same(answer, WebSocketResponse.Parse(again!, written, Key, Protocols, Extension, out _), "an answer");
    }
}
