using System.Net;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks4;

namespace MultiExit.Fuzz.Targets;

/// <summary>Replies of a SOCKS4 server. Outcomes: <see cref="ParseStatus"/>.</summary>
internal static class Socks4ReplyTarget
{
    public static FuzzTarget Target => new("socks4-reply", Run) { MaxLength = 64, Words = [@"\x00\x5a", @"\x00\x5b", @"\x04\x5a"] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus status = Socks4ReplyMessage.TryRead(input, out Socks4Reply reply, out IPEndPoint? bound, out int consumed);
        meter.Check(Math.Min(input.Length, Socks4ReplyMessage.Length), 64, 4096);
        Prefixes.Check(input, (source, out taken) => Socks4ReplyMessage.TryRead(source, out _, out _, out taken));
        if (status != ParseStatus.Ok) return;
        Claim.Declared(reply);
        Claim.Same(Socks4ReplyMessage.Length, consumed, "the length of a reply");
        byte[] written = new byte[Socks4ReplyMessage.Length];
        Socks4ReplyMessage.Write(written, reply, bound);
        Claim.Same(ParseStatus.Ok, Socks4ReplyMessage.TryRead(written, out Socks4Reply same, out IPEndPoint? again, out _), "a reply");
        Claim.Same(reply, same, "a reply code");
        Claim.Same(bound, again, "an address");
    }
}
