using MultiExit.Engine.Errors;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.WebSocket;

/// <summary>A client's request for a WebSocket, read and checked; the inbound answers: <see cref="RefuseAsync"/>, or 101
/// (<see cref="WebSocketResponse.Format"/>) and a connection over the stream of <see cref="HandshakeReader.Detach"/>.</summary>
/// <param name="Head">The head. Its bytes are the reader's first unread ones, until <see cref="HandshakeReader.Advance"/> by <paramref name="Length"/>.</param>
/// <param name="Length">The length of the head.</param>
/// <param name="Request">The request of the WebSocket fields.</param>
internal sealed record WebSocketUpgrade(HttpRequestHead Head, int Length, WebSocketRequest Request)
{
    /// <summary>Reads the head of a request and checks that it asks for a WebSocket (RFC 6455 section 4.2.1).</summary>
    /// <returns>Null when the client closed without sending anything.</returns>
    /// <exception cref="ProxyException">It is no such request; the client was answered (400, 405, 414, 426, 431, 505).</exception>
    public static async ValueTask<WebSocketUpgrade?> ReadAsync(HandshakeReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        HttpHeadScanner scanner = new();
        HttpLimits limits = HttpLimits.Default;
        while (true)
        {
            HttpParse parse = scanner.Scan(reader.Unread, limits, out int length, out HttpFault fault);
            if (parse == HttpParse.Ok && Parse(reader.Unread[..length], out fault) is { } upgrade) return upgrade;
            if (parse != HttpParse.NeedMore)
            {
                await RefuseAsync(reader.Stream, HttpAnswer.For(fault), time, cancellationToken).ConfigureAwait(false);
                throw new ProxyException(ProxyError.ProtocolViolation, $"HTTP {fault.Status}: {fault.Text}");
            }
            if (await reader.ReadMoreAsync(limits.MaxHead + 2, cancellationToken).ConfigureAwait(false)) continue;
            if (reader.Unread.IsEmpty) return null;
            throw new ProxyException(ProxyError.ProtocolViolation, "the client closed within its request");
        }
    }

    /// <summary>Answers, and closes so that the client can read the answer.</summary>
    public static async ValueTask RefuseAsync(DuplexStream stream, HttpAnswer answer, TimeProvider time, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(answer.Format(close: true, isHead: false), cancellationToken).ConfigureAwait(false);
        await LingeringClose.RunAsync(stream, time, cancellationToken).ConfigureAwait(false);
    }

    private static WebSocketUpgrade? Parse(ReadOnlySpan<byte> bytes, out HttpFault fault) =>
        HttpRequestHead.Parse(bytes, out fault) is { } head && WebSocketRequest.Parse(head, bytes, out fault) is { } request
            ? new(head, bytes.Length, request)
            : null;
}
