using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Fuzz.Targets;

/// <summary>Payloads of frames: every reader gets every input. Outcomes: a value, or false with a declared reply code.</summary>
internal static class TunnelPayloadTarget
{
    public static FuzzTarget Target => new("tunnel-payloads", Run) { MaxLength = 600, Words = [@"\x01\x01\x04", @"\x02\x03",
        @"\x01\x04\x10", @"\x00\x50", "[::1]", "."] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        byte[] written = new byte[TunnelConnect.MaxHeadLength];
        Meter meter = new();
        bool isConnect = TunnelConnect.TryRead(input, out TunnelConnectKind kind, out Destination? destination, out int offset,
            out Socks5Reply error);
        bool isDatagram = TunnelDatagram.TryRead(input, out Destination? address, out int data);
        bool isAnswer = TunnelConnected.TryRead(input, out Socks5Reply reply, out Destination? bound);
        meter.Check(Math.Min(input.Length, TunnelConnect.MaxHeadLength), 192, 8192);
        if (isConnect)
        {
            Claim.Declared(kind);
            Claim.That(offset <= input.Length, "the first data begins behind the payload");
            Addresses.Check(destination!);
            int length = TunnelConnect.WriteHead(written, kind, destination!);
            Claim.That(TunnelConnect.TryRead(written.AsSpan(0, length), out _, out Destination? again, out int end, out _) && end == length,
                "a CONNECT that was written is not read");
            Addresses.Same(destination!, again);
        }
        else
        {
            Claim.Declared(error);
        }
        if (isDatagram)
        {
            Claim.That(data <= input.Length, "the data begins behind the payload");
            int length = TunnelDatagram.WriteHead(written, address!);
            Claim.Same(TunnelAddress.GetLength(address!), length, "the length of an address");
            Claim.That(TunnelDatagram.TryRead(written.AsSpan(0, length), out Destination? again, out _),
                "an address that was written is not read");
            Addresses.Same(address!, again);
        }
        if (isAnswer)
        {
            int length = TunnelConnected.Write(written, reply, bound!);
            Claim.That(TunnelConnected.TryRead(written.AsSpan(0, length), out Socks5Reply same, out Destination? again) && same == reply,
                "an answer that was written is not read");
            Addresses.Same(bound!, again);
        }
        CheckFixed(input, written);
    }

    private static void CheckFixed(ReadOnlySpan<byte> input, Span<byte> written)
    {
        if (TunnelControl.TryReadWindow(input, out uint credit)) Claim.SameBytes(input, written[..TunnelControl.WriteWindow(written,
            credit)], "a WINDOW");
        if (TunnelControl.TryReadReset(input, out TunnelResetCode code)) Claim.SameBytes(input,
            written[..TunnelControl.WriteReset(written, code)], "a RESET");
        if (TunnelControl.TryReadPing(input, out ulong opaque)) Claim.SameBytes(input, written[..TunnelControl.WritePing(written, opaque)],
            "a PING");
        if (TunnelControl.TryReadGoAway(input, out uint last)) Claim.SameBytes(input, written[..TunnelControl.WriteGoAway(written, last)],
            "a GOAWAY");
    }
}
