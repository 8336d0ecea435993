using System.Text;
using System.Text.Unicode;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Fuzz.Targets;

/// <summary>Hosts and <c>host:port</c> as text, in every form that a client can send. Outcomes: a value, or false.</summary>
internal static class DestinationTarget
{
    public static FuzzTarget Target => new("destination", Run)
    {
        MaxLength = 400,
        Words =
        [
            "[", "]", ":", ".", "%", "::", "::ffff:", "xn--", "127.0.0.1", "localhost", ":443", ":0", ":65536", "/", "@", @"\xef\xbc\x91",
            @"\xef\xbc\x8e", @"\xe3\x80\x82",
            @"\xc2\xad", @"\xe2\x80\x8b", @"\xc3\x9f", @"\xc4\xb0", @"\xe1\xba\x9e", @"\xef\xbf\xbd", @"\xf0\x9f\x98\x80",
            @"\xef\xbc\xbb", @"\xef\xbc\x9a"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        string text = Utf8.IsValid(input) ? Encoding.UTF8.GetString(input) : Encoding.Latin1.GetString(input);
        Meter meter = new();
        bool normalized = HostName.TryNormalize(text, out string? name);
        meter.Check(input.Length, 128, 8192);
        meter = new();
        bool isHost = Destination.TryFromHost(text, 443, out Destination? host);
        bool isPair = Destination.TryParse(text, -1, out Destination? pair);
        meter.Check(input.Length, 256, 16384);
        if (normalized)
        {
            Claim.That(Ascii.IsValid(name) && name!.Length > 0 && !name.Any(char.IsAsciiLetterUpper),
                "a normalized name is empty, or not lower case in ASCII");
            // The dot of the root is taken off once; two dots are two labels, and refused where names are used.
            if (!name!.EndsWith('.'))
            {
                Claim.That(HostName.TryNormalize(name, out string? again), "a normalized name cannot be normalized");
                Claim.Same(name, again, "a name normalized twice");
            }
        }
        if (isHost)
        {
            Addresses.Check(host!);
            ReadOnlySpan<char> bare = text is ['[', .., ']'] ? text.AsSpan(1..^1) : text;
            Claim.That(host!.IsDomain || !bare.ContainsAny("[]/ "), $"an address was read from what is more than one: {text}");
        }
        if (isPair)
        {
            Addresses.Check(pair!);
            Claim.That(Destination.TryParse(pair!.ToString(), -1, out Destination? again), "the text of a destination is not read");
            Claim.Same(pair, again, "a destination as text");
        }
        if (HttpAuthority.TryParse(text, 80, out Destination? authority))
        {
            Addresses.Check(authority);
            Claim.That(authority.Port != 0, "an authority has port 0");
        }
        if (!DnsName.TryNormalize(text, out string? asked)) return;
        byte[] written = new byte[DnsName.MaxLength];
        int length = DnsName.Write(asked, written), offset = 0;
        Claim.That(DnsName.TryRead(written.AsSpan(0, length), ref offset, out string found) && offset == length,
            "a name that was written is not read");
        Claim.Same(asked, found, "a name on the wire");
    }
}
