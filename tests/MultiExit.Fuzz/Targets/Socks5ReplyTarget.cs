using System.Net;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Fuzz.Targets;

/// <summary>Replies of a server. Outcomes: <see cref="ParseStatus"/>; reply codes of others are kept.</summary>
internal static class Socks5ReplyTarget
{
    public static FuzzTarget Target => new("socks5-reply", Run) { MaxLength = 600, Words = [@"\x05\x00\x00", @"\x03", @"\x04", "[::1]"] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus status = Socks5ReplyMessage.TryRead(input, out Socks5Reply reply, out Destination? bound, out _);
        meter.Check(Math.Min(input.Length, Socks5ReplyMessage.MaxLength), 64, 4096);
        Prefixes.Check(input, (source, out taken) => Socks5ReplyMessage.TryRead(source, out _, out _, out taken));
        Claim.Same(status == ParseStatus.Ok && reply == Socks5Reply.Succeeded, bound is not null, "an address comes with success");
        if (bound is null) return;
        Addresses.Check(bound);
        if (bound.Address is not { } address) return;
        byte[] written = new byte[Socks5ReplyMessage.MaxIPLength];
        int length = Socks5ReplyMessage.Write(written, reply, new IPAddress(address.GetAddressBytes()), bound.Port);
        Claim.Same(ParseStatus.Ok, Socks5ReplyMessage.TryRead(written.AsSpan(0, length), out Socks5Reply same, out Destination? again,
            out _), "a reply");
        Claim.Same(reply, same, "a reply code");
        Addresses.Same(bound, again);
    }
}
