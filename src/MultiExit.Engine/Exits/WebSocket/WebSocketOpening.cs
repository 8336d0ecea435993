using System.Security.Cryptography;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.WebSocket;

/// <summary>The opening handshake of a client (RFC 6455 section 4.1), over a connection to the server.</summary>
/// <param name="Response">What was agreed; null when there is no WebSocket.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Detail">The same as a sentence that continues after the server's name: <c>answered 403</c>.</param>
internal readonly record struct WebSocketOpening(WebSocketResponse? Response, DialFailure Failure, string Detail)
{
    /// <summary>Sends the request. On success the reader stands after the answer: <see cref="HandshakeReader.Detach"/> gives the stream for the
    /// connection.</summary>
    /// <param name="reader">The connection.</param>
    /// <param name="host">The Host field.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="addFields">Adds fields of the caller's; they may hold secrets, which are kept out of every message.</param>
    /// <param name="protocol">The subprotocol to offer; null for none.</param>
    /// <param name="extension">The extension to offer; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The request could not be sent.</exception>
    public static async ValueTask<WebSocketOpening> RunAsync(
        HandshakeReader reader, string host, string target, Action<HttpHeadWriter>? addFields, string? protocol, string? extension,
        CancellationToken cancellationToken)
    {
        string key = WebSocketKey.Format(RandomNumberGenerator.GetBytes(WebSocketKey.RandomLength));
        HttpHeadWriter writer = new();
        WebSocketRequest.Write(writer, host, target, key, protocol, extension);
        addFields?.Invoke(writer);
        writer.End();
        await reader.Stream.WriteAsync(writer.Written, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            HttpResponseRead read = await HttpResponseReader.ReadAsync(reader, HttpLimits.Default, cancellationToken).ConfigureAwait(false);
            if (read.Head is not { } head) return new(null, DialFailure.ProxyProtocolError, $"broke the protocol: {read.Problem}");
            ReadOnlySpan<byte> bytes = reader.Unread[..read.Length];
            if (head.Status == 101)
            {
                WebSocketResponse? response = WebSocketResponse.Parse(head, bytes, key, protocol, extension, out string? problem);
                reader.Advance(read.Length);
                return new(response, response is null ? DialFailure.ProxyProtocolError : DialFailure.None, $"broke the protocol: {problem}");
            }
            if (!head.IsInterim) return new(null, FailureOf(head, bytes), $"answered {head.Status}");
            reader.Advance(read.Length);
        }
    }

    /// <summary>The Host field for a server. A port that is the scheme's own is left out (RFC 9110 section 7.2).</summary>
    public static string HostField(Destination server, bool isTls)
    {
        string text = server.ToString();
        return server.Port == (isTls ? 443 : 80) ? text[..text.LastIndexOf(':')] : text;
    }

    private static DialFailure FailureOf(HttpResponseHead head, ReadOnlySpan<byte> bytes) => head.Status switch
    {
        401 => DialFailure.ProxyAuthenticationFailed,
        // A server that is up but speaks something else at this place.
        < 400 or 404 or 405 or 426 => DialFailure.ProxyProtocolError,
        _ => HttpProxyStatus.Failure(head.Status, head.Fields.ProxyStatus is { } range ? bytes[range] : default),
    };
}
