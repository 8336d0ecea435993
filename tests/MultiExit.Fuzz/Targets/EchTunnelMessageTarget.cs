using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;

namespace MultiExit.Fuzz.Targets;

/// <summary>Messages of the ECH tunnel. Outcomes: a message, perhaps of an unknown type, or false.</summary>
internal static class EchTunnelMessageTarget
{
    public static FuzzTarget Target => new("ech-tunnel-message", Run)
    {
        MaxLength = 600,
        Words =
        [
            "CLAIM:", "CLAIM_ACK:", "TCP:", "CONNECTED:", "DATA:", "CLOSE:", "UDP_CONNECT:", "UDP_CONNECTED:", "UDP_ERROR:", "UDP_DATA:",
            "UDP_CLOSE:",
            "00112233-4455-6677-8899-aabbccddeeff", "|", ":", "example.com:443", "[::1]:53", @"\n"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        bool read = EchTunnelMessage.TryRead(input, out EchTunnelMessage message);
        meter.Check(input.Length, 0, 256);
        if (!read || message.Type == EchTunnelMessageType.Unknown) return;
        Claim.Declared(message.Type);
        byte[] written = new byte[EchTunnelWire.MaxHeadLength];
        int length = EchTunnelWire.WriteHead(written, message.Type, message.Id);
        byte[] whole = [.. written[..length], .. message.Rest];
        Claim.Same(input.Length, whole.Length, "the length of a message");
        Claim.That(EchTunnelMessage.TryRead(whole, out EchTunnelMessage again), "a message that was written is not read");
        Claim.Same(message.Type, again.Type, "a type");
        Claim.Same(message.Id, again.Id, "an id");
        Claim.SameBytes(message.Rest, again.Rest, "what a message carries");
        message.Split(out ReadOnlySpan<byte> text, out ReadOnlySpan<byte> payload);
        Claim.That(text.Length + payload.Length <= message.Rest.Length, "the parts are longer than the whole");
        meter = new();
        bool isAddress = EchTunnelAddress.TryRead(text, out Destination? address);
        meter.Check(Math.Min(text.Length, EchTunnelWire.MaxAddressLength), 192, 8192);
        if (!isAddress) return;
        Addresses.Check(address!);
        byte[] target = new byte[EchTunnelAddress.GetLength(address!)];
        Claim.Same(target.Length, EchTunnelAddress.Write(target, address!), "the length of an address");
        Claim.That(target.Length > EchTunnelWire.MaxAddressLength || EchTunnelAddress.TryRead(target,
            out Destination? same) && same.Equals(address), "an address that was written is not read");
    }
}
