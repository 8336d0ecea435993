using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Fuzz.Targets;

/// <summary>What a client of Shadowsocks sends, as it comes, and as it stands within the right seal. Outcomes: true or false.</summary>
internal static class ShadowsocksTarget
{
    private static readonly ShadowsocksMethod[] Methods = [.. ShadowsocksMethods.Names.Select(name => ShadowsocksMethods.Find(name)!.Value)];

    public static FuzzTarget Target => new("shadowsocks", Run) { MaxLength = 600, Words = [@"\x00\x00\x00\x00\x00\x65\x53\xf1\x00",
        @"\x01\x7f\x00\x00\x01\x00\x50", @"\x03\x01a\x00\x50", @"\x03\x84"] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        bool isAddress = Shadowsocks2022Header.TryReadAddress(input, out Destination? destination, out ReadOnlySpan<byte> first);
        if (input.Length >= Shadowsocks2022Header.RequestLength) Shadowsocks2022Header.TryReadRequest(input, out _, out _);
        meter.Check(input.Length, 64, 4096);
        if (isAddress)
        {
            Claim.That(destination is not null && first.Length < input.Length, "an address comes with true");
            Addresses.Check(destination!);
        }
        byte[] room = new byte[1024], sealedText = new byte[1024];
        foreach (ShadowsocksMethod method in Methods)
        {
            byte[] key = new byte[method.KeyLength()];
            Claim.That(!ShadowsocksPacket.TryOpen(method, key, input, room, out _, out _), "a datagram without a seal is opened");
            using ShadowsocksCipher cipher = new(method, key);
            if (method.HasIdentities()) RunTimed(cipher, key, input, room, sealedText);
        }
    }

    private static void RunTimed(ShadowsocksCipher cipher, byte[] key, ReadOnlySpan<byte> input, byte[] room, byte[] sealedText)
    {
        Span<byte> header = stackalloc byte[Shadowsocks2022Packet.HeaderLength];
        header.Clear();
        if (Shadowsocks2022Packet.TryReadHeader(key, input, header))
            Claim.That(!Shadowsocks2022Packet.TryOpen(cipher, header, input[Shadowsocks2022Packet.HeaderLength..], room, out _, out _),
                "a datagram without a seal is opened");
        cipher.Seal(header[^ShadowsocksMethods.NonceLength..], input, sealedText);
        ReadOnlySpan<byte> body = sealedText.AsSpan(0, input.Length + ShadowsocksMethods.TagLength);
        if (!Shadowsocks2022Packet.TryOpen(cipher, header, body, room, out Shadowsocks2022Opened opened, out ReadOnlySpan<byte> payload)) return;
        Claim.That(opened.Address is not null && payload.Length < input.Length, "an address comes with true");
        Addresses.Check(opened.Address!);
    }
}
