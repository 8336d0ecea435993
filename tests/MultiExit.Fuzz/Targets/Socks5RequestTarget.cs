using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Fuzz.Targets;

/// <summary>Requests. Outcomes: <see cref="ParseStatus"/>; with Invalid a declared reply code, or none where it is not SOCKS5.</summary>
internal static class Socks5RequestTarget
{
    public static FuzzTarget Target => new("socks5-request", Run)
    {
        MaxLength = 600,
        Words =
        [
            @"\x05\x01\x00", @"\x03", @"\x01", @"\x04", @"\x00\x50", ".", "xn--", @"\xef\xbc\x8e", @"\xe3\x80\x82", "::1", "[::1]", "%"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus status = Socks5RequestMessage.TryRead(input, out Socks5Command command, out Destination? destination, out _,
            out Socks5Reply? error);
        meter.Check(Math.Min(input.Length, Socks5RequestMessage.MaxLength), 64, 4096);
        Prefixes.Check(input, (source, out taken) => Socks5RequestMessage.TryRead(source, out _, out _, out taken, out _));
        Claim.Same(status == ParseStatus.Ok, destination is not null, "a destination comes with Ok");
        if (error is { } reply) Claim.Declared(reply);
        Claim.That(error is null || status == ParseStatus.Invalid, "an error is told for what is not invalid");
        if (destination is null) return;
        Addresses.Check(destination);
        byte[] written = new byte[Socks5RequestMessage.MaxLength];
        int length = Socks5RequestMessage.Write(written, command, destination);
        Claim.Same(ParseStatus.Ok, Socks5RequestMessage.TryRead(written.AsSpan(0, length), out Socks5Command same, out Destination? again,
            out int consumed, out _), "a request");
        Claim.Same(command, same, "a command");
        Claim.Same(length, consumed, "the length of a request");
        Addresses.Same(destination, again);
    }
}
