using System.Buffers.Binary;

namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>The head of a frame (RFC 6455 section 5.2):
/// <c>FIN 1 bit | RSV 3 | opcode 4 | MASK 1 | length 7, or 7+16, or 7+64 | masking key 0 or 4 bytes</c>.</summary>
/// <param name="Opcode">The kind of frame.</param>
/// <param name="IsFinal">Whether the message ends with it.</param>
/// <param name="Mask">The masking key, its first byte lowest; 0, which changes nothing, where the frame has none.</param>
/// <param name="Length">The length of the payload in bytes.</param>
internal readonly record struct WebSocketFrameHeader(WebSocketOpcode Opcode, bool IsFinal, uint Mask, long Length)
{
    /// <summary>The longest head in bytes.</summary>
    public const int MaxSize = 14;

    /// <summary>The longest payload of a control frame (section 5.5).</summary>
    public const int MaxControlPayload = 125;

    private const int Length16 = 126;
    private const int Length64 = 127;

    public bool IsControl => Opcode >= WebSocketOpcode.Close;

    /// <summary>Reads a head and checks what can be checked from it alone.</summary>
    /// <param name="source">The bytes from its first one on.</param>
    /// <param name="masked">Whether the sender has to mask: a client must, a server must not (section 5.1).</param>
    /// <param name="header">The head.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static ParseStatus TryParse(ReadOnlySpan<byte> source, bool masked, out WebSocketFrameHeader header, out int size, out WebSocketFault fault)
    {
        header = default;
        size = 0;
        fault = default;
        if (source.Length < 2) return ParseStatus.NeedMore;
        WebSocketOpcode opcode = (WebSocketOpcode)(source[0] & 0x0f);
        bool final = (source[0] & 0x80) != 0;
        int code = source[1] & 0x7f;
        fault = Check(source[0], opcode, final, code, (source[1] & 0x80) != 0, masked);
        if (!fault.IsNone) return ParseStatus.Invalid;
        int extended = code == Length16 ? 2 : code == Length64 ? 8 : 0;
        if (source.Length < 2 + extended) return ParseStatus.NeedMore;
        ulong length = code switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            Length64 => BinaryPrimitives.ReadUInt64BigEndian(source[2..]),
            _ => (ulong)code,
        };
        if (length > long.MaxValue) fault = WebSocketFault.Protocol("a frame's length has its top bit set");
        else if (code == Length16 && length < Length16 || code == Length64 && length <= ushort.MaxValue)
            fault = WebSocketFault.Protocol("a frame's length is not written in the shortest form");
        if (!fault.IsNone) return ParseStatus.Invalid;
        size = 2 + extended + (masked ? 4 : 0);
        if (source.Length < size) return ParseStatus.NeedMore;
        header = new(opcode, final, masked ? BinaryPrimitives.ReadUInt32LittleEndian(source[(2 + extended)..]) : 0, (long)length);
        return ParseStatus.Ok;
    }

    /// <summary>The size of the head of a frame in bytes.</summary>
    public static int SizeOf(int payload, bool masked) =>
        (payload < Length16 ? 2 : payload <= ushort.MaxValue ? 4 : 10) + (masked ? 4 : 0);

    /// <summary>Writes the head of a whole message or of a control frame.</summary>
    /// <param name="target">The buffer to write to.</param>
    /// <param name="opcode">The kind of frame.</param>
    /// <param name="payload">The length of the payload in bytes.</param>
    /// <param name="mask">The masking key of a client's frame; null for a server's.</param>
    /// <returns>The size of the head.</returns>
    public static int Write(Span<byte> target, WebSocketOpcode opcode, int payload, uint? mask)
    {
        int size = SizeOf(payload, mask is not null);
        target[0] = (byte)(0x80 | (byte)opcode);
        int code = payload < Length16 ? payload : payload <= ushort.MaxValue ? Length16 : Length64;
        target[1] = (byte)(code | (mask is null ? 0 : 0x80));
        if (code == Length16) BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payload);
        else if (code == Length64) BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)payload);
        if (mask is { } key) BinaryPrimitives.WriteUInt32LittleEndian(target[(size - 4)..], key);
        return size;
    }

    private static WebSocketFault Check(byte first, WebSocketOpcode opcode, bool final, int length, bool isMasked, bool masked)
    {
        // Nothing was negotiated that gives these bits a meaning (section 5.2).
        if ((first & 0x70) != 0) return WebSocketFault.Protocol("a frame has a reserved bit set");
        bool isControl = opcode >= WebSocketOpcode.Close;
        if (isControl ? opcode > WebSocketOpcode.Pong : opcode > WebSocketOpcode.Binary) return WebSocketFault.Protocol("a frame has a reserved opcode");
        if (isControl && !final) return WebSocketFault.Protocol("a control frame is fragmented");
        if (isControl && length > MaxControlPayload) return WebSocketFault.Protocol("a control frame is longer than 125 bytes");
        if (isMasked == masked) return default;
        return WebSocketFault.Protocol(masked ? "a client's frame is not masked" : "a server's frame is masked");
    }
}
