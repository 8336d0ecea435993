using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Fuzz.Targets;

/// <summary>Heads of frames, their order, and the payload of close frames, from a client and from a server.
/// Outcomes: <see cref="ParseStatus"/>, with Invalid a fault whose code may be sent.</summary>
internal static class WebSocketFrameTarget
{
    public static FuzzTarget Target => new("websocket-frames", Run)
    {
        MaxLength = 512,
        Words =
        [
            @"\x81\x00", @"\x82\x80\x00\x00\x00\x00", @"\x82\x7e\x00\x7e", @"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00",
            @"\x88\x02\x03\xe8", @"\x89\x00", @"\x01\x00", @"\x80\x00", @"\x00\x00"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Read(input, masked: true);
        Read(input, masked: false);
        CheckClose(input[..Math.Min(input.Length, WebSocketFrameHeader.MaxControlPayload)]);
    }

    private static void Read(ReadOnlySpan<byte> input, bool masked)
    {
        Meter meter = new();
        WebSocketFrameReader frames = new(masked);
        for (int at = 0; at < input.Length;)
        {
            bool inMessage = frames.IsInMessage;
            ParseStatus status = frames.Read(input[at..], out WebSocketFrameHeader header, out int size, out WebSocketFault fault);
            Claim.Same(status == ParseStatus.Invalid, !fault.IsNone, "a fault comes with Invalid");
            if (status == ParseStatus.Invalid) Claim.That(WebSocketClosePayload.MayBeSent(fault.Code),
                "a fault has a code that must not be sent");
            if (status != ParseStatus.Ok) break;
            Claim.That(size is >= 2 and <= WebSocketFrameHeader.MaxSize && header.Length >= 0,
                "the size of a head or a length is out of range");
            Claim.That(!header.IsControl || header.Length <= WebSocketFrameHeader.MaxControlPayload && inMessage == frames.IsInMessage,
                "a control frame is long, or ends a message");
            CheckWritten(input.Slice(at, size), header, masked);
            at += size;
            at += (int)Math.Min(header.Length, input.Length - at);
        }
        meter.Check(input.Length, 8);
        Prefixes.Check(input, (source, out taken) => WebSocketFrameHeader.TryParse(source, masked, out _, out taken, out _));
    }

    private static void CheckWritten(ReadOnlySpan<byte> head, WebSocketFrameHeader header, bool masked)
    {
        if (!header.IsFinal || header.Length > int.MaxValue) return;
        Span<byte> written = stackalloc byte[WebSocketFrameHeader.MaxSize];
        int size = WebSocketFrameHeader.Write(written, header.Opcode, (int)header.Length, masked ? header.Mask : null);
        Claim.SameBytes(head, written[..size], "the head of a frame");
    }

    private static void CheckClose(ReadOnlySpan<byte> payload)
    {
        Meter meter = new();
        WebSocketFault fault = WebSocketClosePayload.Parse(payload, out WebSocketCloseCode code, out string reason);
        meter.Check(payload.Length, 4, 256);
        if (!fault.IsNone) return;
        byte[] written = new byte[WebSocketFrameHeader.MaxControlPayload];
        Claim.SameBytes(payload, written.AsSpan(0, WebSocketClosePayload.Write(written, code, reason)), "the payload of a close frame");
    }
}
