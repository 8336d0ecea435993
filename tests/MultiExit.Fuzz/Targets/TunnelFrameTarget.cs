using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Fuzz.Targets;

/// <summary>Frames: the first byte gives the method and whether there is padding. Outcomes: <see cref="ParseStatus"/> for the header,
/// <see cref="TunnelOpenStatus"/> for the frame. The bytes are opened as they are, and are the payload of a frame that is sealed, opened, and
/// refused with one bit flipped.</summary>
internal static class TunnelFrameTarget
{
    private static readonly TunnelMethod[] Methods = [TunnelMethod.TlsOnly, TunnelMethod.ChaCha20Poly1305, TunnelMethod.Aes256Gcm];

    public static FuzzTarget Target => new("tunnel-frames", Run)
    {
        MaxLength = 1024,
        Words =
        [
            @"\x02\x00\x00\x00\x01\x00\x10", @"\x03\x00\x00\x00\x01\x00\x00", @"\x08\x00\x00\x00\x00\x00\x08", @"\x40\x94", @"\x40\x95"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        TunnelMethod method = Methods[input[0] % Methods.Length];
        if (!TunnelFrameCipher.IsSupported(method)) return;
        TunnelFlags flags = (input[0] & 0x80) == 0 ? TunnelFlags.None : TunnelFlags.Padding;
        ReadOnlySpan<byte> bytes = input[1..];
        Prefixes.Check(bytes, (source, out taken) =>
        {
            taken = TunnelWire.HeaderLength;
            ParseStatus status = TunnelFrameHeader.TryRead(source, out _);
            if (status != ParseStatus.Ok) taken = 0;
            return status;
        });
        using TunnelFrameOpener opener = new(method, flags, TestKeys.Of(TunnelDirection.ClientToServer));
        byte[] plain = new byte[TunnelWire.MaxFrame];
        Meter meter = new();
        for (int at = 0; at < bytes.Length;)
        {
            if (opener.TryReadHeader(bytes[at..], out TunnelFrameHeader header,
                out int length) != ParseStatus.Ok || length > bytes.Length - at) break;
            Claim.That(length is >= TunnelWire.HeaderLength and <= TunnelWire.MaxFrame, "the length of a frame is out of range");
            TunnelOpenStatus status = opener.Open(bytes.Slice(at, length), plain, out int payload);
            Claim.Declared(status);
            if (status != TunnelOpenStatus.Ok) break;
            Claim.Declared(header.Type);
            Claim.That(payload is >= 0 and <= TunnelWire.MaxPayload, "the length of a payload is out of range");
            at += length;
        }
        meter.Check(bytes.Length, 16, 8192);
        CheckSealed(bytes, method, flags);
    }

    private static void CheckSealed(ReadOnlySpan<byte> payload, TunnelMethod method, TunnelFlags flags)
    {
        using TunnelFrameSealer sealer = new(method, flags, TestKeys.Of(TunnelDirection.ClientToServer));
        using TunnelFrameOpener opener = new(method, flags, TestKeys.Of(TunnelDirection.ClientToServer));
        byte[] frame = new byte[sealer.GetMaxFrameLength(payload.Length)], plain = new byte[TunnelWire.MaxBody];
        int length = sealer.Seal(TunnelFrameType.Data, 1, payload, frame);
        Claim.Same(TunnelOpenStatus.Ok, opener.Open(frame.AsSpan(0, length), plain, out int size), "a frame that was sealed");
        Claim.SameBytes(payload, plain.AsSpan(0, size), "a payload");
        if (method == TunnelMethod.TlsOnly) return;
        using TunnelFrameOpener other = new(method, flags, TestKeys.Of(TunnelDirection.ClientToServer));
        frame[payload.Length % length] ^= 0x10;
        Claim.That(other.Open(frame.AsSpan(0, length), plain, out int none) != TunnelOpenStatus.Ok && none == 0,
            "a frame with a flipped bit is opened");
    }
}
