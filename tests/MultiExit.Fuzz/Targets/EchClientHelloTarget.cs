using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Fuzz.Targets;

/// <summary>The first bytes of a TLS connection. Outcomes: <see cref="ParseStatus"/>.</summary>
internal static class EchClientHelloTarget
{
    public static FuzzTarget Target => new("ech-client-hello", Run) { Words = [@"\x16\x03\x01", @"\x16\x03\x03\x00\x01", @"\x01\x00\x00",
        @"\xfe\x0d\x00", @"\x03\x03", @"\x40\x00", @"\x40\x01"] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus whole = EchClientHello.Read(input, out byte? id);
        meter.Check(input.Length, 2);
        Claim.That(whole == ParseStatus.Ok || id is null, "an id comes without a hello");
        for (int length = 0; length < Math.Min(input.Length, 600); length++)
        {
            ParseStatus status = EchClientHello.Read(input[..length], out byte? early);
            if (status == ParseStatus.NeedMore) continue;
            Claim.Same(whole, status, "the outcome of a hello in pieces");
            Claim.Same(id, early, "the id of a hello in pieces");
        }
    }
}
