using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Fuzz.Targets;

/// <summary>Credentials of RFC 1929, and the verdict on them. Outcomes: <see cref="ParseStatus"/>.</summary>
internal static class Socks5CredentialsTarget
{
    public static FuzzTarget Target => new("socks5-credentials", Run) { MaxLength = 600 };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus status = Socks5Credentials.TryRead(input, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> password,
            out int consumed);
        ParseStatus answered = Socks5AuthStatus.TryRead(input, out bool accepted, out _);
        meter.Check(input.Length, 0, 0);
        Prefixes.Check(input, (source, out taken) => Socks5Credentials.TryRead(source, out _, out _, out taken));
        Prefixes.Check(input, (source, out taken) => Socks5AuthStatus.TryRead(source, out _, out taken));
        byte[] written = new byte[Socks5Wire.MaxMessageLength];
        if (status == ParseStatus.Ok)
        {
            Claim.That(name.Length is > 0 and <= 255 && password.Length is > 0 and <= 255, "a name or password is empty");
            Claim.SameBytes(input[..consumed], written.AsSpan(0, Socks5Credentials.Write(written, name, password)), "credentials");
        }
        if (answered != ParseStatus.Ok) return;
        Socks5AuthStatus.Write(written, accepted);
        Claim.Same(ParseStatus.Ok, Socks5AuthStatus.TryRead(written, out bool again, out _), "a verdict");
        Claim.Same(accepted, again, "a verdict");
    }
}
