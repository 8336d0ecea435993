using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>The opening handshake of a server (RFC 6455 section 4.2.2, 4.1).</summary>
/// <param name="Protocol">The subprotocol chosen; null for none.</param>
/// <param name="HasExtension">Whether the extension offered is in force.</param>
internal sealed record WebSocketResponse(string? Protocol, bool HasExtension)
{
    /// <summary>The whole answer that accepts.</summary>
    /// <param name="key">The client's key.</param>
    /// <param name="protocol">The subprotocol chosen; null for none.</param>
    /// <param name="extension">The extension agreed to; null for none.</param>
    public static ReadOnlyMemory<byte> Format(string key, string? protocol = null, string? extension = null)
    {
        HttpHeadWriter writer = new();
        writer.StatusLine(101, "Switching Protocols"u8);
        writer.Field("Upgrade"u8, "websocket"u8);
        writer.Field("Connection"u8, "Upgrade"u8);
        writer.Field("Sec-WebSocket-Accept"u8, WebSocketKey.Accept(key));
        if (protocol is not null) writer.Field("Sec-WebSocket-Protocol"u8, protocol);
        if (extension is not null) writer.Field("Sec-WebSocket-Extensions"u8, extension);
        writer.End();
        return writer.Written;
    }

    /// <summary>Checks an answer with status 101.</summary>
    /// <param name="head">The head.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="key">The key that was sent.</param>
    /// <param name="protocol">The subprotocol that was offered; null for none.</param>
    /// <param name="extension">The extension that was offered; null for none.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static WebSocketResponse? Parse(
        HttpResponseHead head, ReadOnlySpan<byte> bytes, string key, string? protocol, string? extension, out string? problem)
    {
        string? accept = null, chosen = null;
        List<string> extensions = [];
        HttpFieldReader reader = new(bytes);
        while (reader.Read())
        {
            if (reader.Is("Sec-WebSocket-Accept"u8)) accept = Encoding.Latin1.GetString(reader.Value);
            else if (reader.Is("Sec-WebSocket-Protocol"u8)) chosen = Encoding.Latin1.GetString(reader.Value);
            else if (reader.Is("Sec-WebSocket-Extensions"u8)) WebSocketRequest.AddNames(extensions, reader.Value);
        }
        bool upgrade = head.Fields.ConnectionUpgrade && head.Fields.Upgrade is { } range && Ascii.EqualsIgnoreCase(bytes[range], "websocket"u8);
        problem = head.Status != 101 || !upgrade ? "the answer is no upgrade to WebSocket"
            : accept != WebSocketKey.Accept(key) ? "Sec-WebSocket-Accept does not belong to the key"
            : chosen is not null && (protocol is null || !IsOffered(protocol, chosen)) ? "the server chose a subprotocol that was not offered"
            : extensions.Exists(name => name != extension) ? "the server chose an extension that was not offered" : null;
        return problem is null ? new(chosen, extensions.Count > 0) : null;
    }

    private static bool IsOffered(string offered, string chosen) =>
        chosen == offered || offered.Split(',').Any(name => name.Trim() == chosen);
}
