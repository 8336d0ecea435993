using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks4;

namespace MultiExit.Fuzz.Targets;

/// <summary>Requests of SOCKS4 and SOCKS4A. Outcomes: <see cref="ParseStatus"/>.</summary>
internal static class Socks4RequestTarget
{
    public static FuzzTarget Target => new("socks4-request", Run)
    {
        MaxLength = 600, Words = [@"\x04\x01\x00\x50", @"\x00\x00\x00\x01", @"\x00", ".", "xn--", "::1", "example.com"],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus status = Socks4RequestMessage.TryRead(
            input, out Socks4Command command, out ReadOnlySpan<byte> userId, out Destination? destination, out int consumed);
        meter.Check(Math.Min(input.Length, Socks4RequestMessage.MaxLength), 64, 4096);
        Prefixes.Check(input, (source, out taken) => Socks4RequestMessage.TryRead(source, out _, out _, out _, out taken));
        Claim.Same(status == ParseStatus.Ok, destination is not null, "a destination comes with Ok");
        if (destination is null) return;
        Claim.That(consumed <= Socks4RequestMessage.MaxLength, "a request is longer than the longest one");
        Claim.That(userId.Length <= Socks4RequestMessage.MaxUserId && !userId.Contains((byte)0), "a user id is too long, or has a NUL");
        Addresses.Check(destination);
        if (!Socks4RequestMessage.CanCarry(destination)) return;
        byte[] written = new byte[Socks4RequestMessage.MaxLength];
        int length = Socks4RequestMessage.Write(written, command, userId, destination);
        Claim.Same(ParseStatus.Ok, Socks4RequestMessage.TryRead(
            written.AsSpan(0, length), out Socks4Command same, out ReadOnlySpan<byte> user, out Destination? again, out int taken), "a request");
        Claim.Same(command, same, "a command");
        Claim.Same(length, taken, "the length of a request");
        Claim.SameBytes(userId, user, "a user id");
        Addresses.Same(destination, again);
    }
}
