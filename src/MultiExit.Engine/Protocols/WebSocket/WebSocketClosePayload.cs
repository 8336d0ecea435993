using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>The payload of a close frame (RFC 6455 section 5.5.1): nothing, or <c>code 2 B | reason, UTF-8</c>.</summary>
internal static class WebSocketClosePayload
{
    /// <summary>Reads it, unmasked.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="code">The code; <see cref="WebSocketCloseCode.None"/> where there is none.</param>
    /// <param name="reason">The peer's reason.</param>
    /// <returns>What is wrong with the payload.</returns>
    public static WebSocketFault Parse(ReadOnlySpan<byte> payload, out WebSocketCloseCode code, out string reason)
    {
        code = WebSocketCloseCode.None;
        reason = "";
        if (payload.IsEmpty) return default;
        if (payload.Length == 1) return WebSocketFault.Protocol("a close frame has one byte of payload");
        code = (WebSocketCloseCode)BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!MayBeSent(code)) return WebSocketFault.Protocol("a close frame has a code that is none");
        if (!Utf8.IsValid(payload[2..])) return new(WebSocketCloseCode.InvalidData, "the reason of a close frame is not UTF-8");
        reason = Encoding.UTF8.GetString(payload[2..]);
        return default;
    }

    /// <summary>Writes it.</summary>
    /// <param name="target">The buffer to write to; 125 bytes are enough.</param>
    /// <param name="code">The code; <see cref="WebSocketCloseCode.None"/> writes nothing.</param>
    /// <param name="reason">The reason for the peer; cut where it is too long.</param>
    /// <returns>Its length.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code must not be on the wire.</exception>
    public static int Write(Span<byte> target, WebSocketCloseCode code, string reason)
    {
        if (code == WebSocketCloseCode.None) return 0;
        if (!MayBeSent(code)) throw new ArgumentOutOfRangeException(nameof(code), code, "the code must not be on the wire");
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)code);
        Utf8.FromUtf16(reason, target[2..WebSocketFrameHeader.MaxControlPayload], out _, out int written); // whole characters only
        return 2 + written;
    }

    /// <summary>True for a code that a close frame may hold: those assigned, and 3000 to 4999 (section 7.4.2). 1004 to 1006 and 1015 are not.</summary>
    public static bool MayBeSent(WebSocketCloseCode code) =>
        (ushort)code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
