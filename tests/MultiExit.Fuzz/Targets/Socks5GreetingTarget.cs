using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Fuzz.Targets;

/// <summary>The greeting of a client, and the server's choice of a method. Outcomes: <see cref="ParseStatus"/>.</summary>
internal static class Socks5GreetingTarget
{
    public static FuzzTarget Target => new("socks5-greeting", Run) { MaxLength = 600 };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus status = Socks5Greeting.TryRead(input, out ReadOnlySpan<byte> methods, out int consumed);
        ParseStatus chosen = Socks5MethodSelection.TryRead(input, out Socks5Method method, out int choice);
        meter.Check(input.Length, 0, 0);
        Prefixes.Check(input, (source, out taken) => Socks5Greeting.TryRead(source, out _, out taken));
        Prefixes.Check(input, (source, out taken) => Socks5MethodSelection.TryRead(source, out _, out taken));
        byte[] written = new byte[Socks5Greeting.MaxLength];
        if (status == ParseStatus.Ok)
        {
            Socks5Method[] all = [.. methods.ToArray().Select(each => (Socks5Method)each)];
            Claim.SameBytes(input[..consumed], written.AsSpan(0, Socks5Greeting.Write(written, all)), "a greeting");
        }
        if (chosen == ParseStatus.Ok) Claim.SameBytes(input[..choice], written.AsSpan(0, Socks5MethodSelection.Write(written, method)),
            "a choice of a method");
    }
}
