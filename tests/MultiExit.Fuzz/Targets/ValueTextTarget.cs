using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Fuzz.Targets;

/// <summary>Single values as text: every reader gets every input. Outcomes: a value, false or a reason; <see cref="DocumentException"/>
/// for a path.</summary>
internal static class ValueTextTarget
{
    public static FuzzTarget Target => new("value-text", Run)
    {
        MaxLength = 200,
        Words =
        [
            "1s", "ms", "us", "d", "h", "GiB", "KB", "/s", "/min", "Mbit", "0.5", "1e9", "+", "-", ".", "99999999999999999999",
            "10.0.0.0/8", "2001:db8::/32", "::", "[", "]", ":", "0.0.0.0:0", "*:80", "80-90", "sha256:", "AA:", "https://",
            "a[b].c", "[\"a.b\"]", @"\xd9\xa1", "%eth0"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        string text = System.Text.Unicode.Utf8.IsValid(input) ? Encoding.UTF8.GetString(input) : Encoding.Latin1.GetString(input);
        Meter meter = new();
        bool isDuration = DurationText.TryParse(text, out TimeSpan duration);
        bool isSize = SizeText.TryParse(text, out long size);
        bool isRate = RateText.TryParse(text, out int rate);
        bool isFlow = RateText.TryParseBytes(text, out long flow);
        bool isWhole = NanosecondText.TryParseInteger(text, out _);
        bool isGo = NanosecondText.TryParseText(text, out _);
        bool isRange = PortText.TryParseRange(text, out PortRange range);
        string? noNetwork = NetworkText.Parse(text, out IPNetwork network);
        string? noListen = ListenText.Parse(text, out IPEndPoint? listen);
        bool isAddress = AddressText.TryParse(text, out IPAddress? address);
        string? fingerprint = FingerprintText.Parse(text);
        bool isDoh = DohUrl.TryParse(text, out Uri? doh);
        string? noDomain = DomainText.Check(text);
        meter.Check(input.Length, 512, 32768);
        Claim.That(!isSize || size >= 0, "a size is negative");
        Claim.That((!isRate || rate >= 0) && (!isFlow || flow >= 0), "a rate is negative");
        Claim.That(!isDuration || duration >= TimeSpan.Zero, "a duration is negative");
        if (isDuration) Claim.That(DurationText.TryParse(DurationText.Format(duration),
            out TimeSpan again) && Math.Abs((again - duration).TotalMilliseconds) < 1,
            $"a duration of {duration.Ticks} ticks is written {DurationText.Format(duration)}");
        if (isSize) Claim.That(SizeText.TryParse(SizeText.Format(size), out long sameSize) && sameSize == size || size >= 1_000_000_000,
            $"a size of {size} is written {SizeText.Format(size)}");
        if (isRange) Claim.That(range.First <= range.Last, "a range of ports ends before it begins");
        Claim.Same(noListen is null, listen is not null, "a reason comes without an end point");
        if (noNetwork is null) Claim.That(NetworkText.Parse(network.ToString(),
            out IPNetwork sameNetwork) is null && sameNetwork.Equals(network), $"the network {network} is not read again");
        if (isAddress) Claim.That(AddressText.TryParse(address!.ToString(), out IPAddress? sameAddress) && sameAddress.Equals(address),
            $"the address {address} is not read again");
        if (isDoh) Claim.That(DohUrl.IsGood(doh!), "the URL of a resolver is none");
        if (fingerprint is not null) Claim.Same(fingerprint, FingerprintText.Parse(fingerprint), "a fingerprint");
        Claim.That(noDomain is null or { Length: > 0 } && !(isWhole && isGo && text.Length == 0), "nothing is a value");
        CheckPath(text);
    }

    private static void CheckPath(string text)
    {
        HealthTarget.Read(text, out _);
        try
        {
            Claim.That(ConfigPath.Parse(text).Count > 0, "a path has no steps");
        }
        catch (DocumentException)
        {
            // It says what is wrong.
        }
    }
}
