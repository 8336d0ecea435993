using System.Text;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Fuzz.Targets;

/// <summary>Revocation lists and the names of certificates, as DER and as people write them. Outcomes: a value, or none; of a list also what is
/// wrong.</summary>
internal static class CertificateTarget
{
    public static FuzzTarget Target => new("certificate", Run) { Words = ["0", @"0\x81", @"1\x0b", @"\x06\x03U\x04\x03", @"\x17\x0d",
        @"\x82", @"\x87\x04", @"\xa0\x82", @"\x0c\x03", "CN=", ",O=", @"\\2C", "+UID="] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        Meter meter = new();
        bool read = RevocationListReader.TryRead(bytes, out RevocationList? list, out string? fault);
        DistinguishedName? name = DistinguishedName.Read(bytes);
        IReadOnlyList<AlternativeName>? names = AlternativeName.Read(bytes);
        meter.Check(input.Length, 400, 32768);
        Claim.Same(read, list is not null, "a list that was read");
        Claim.Same(read, fault is null, "a fault comes without a list");
        if (list is not null) Claim.That(bytes.AsSpan().IndexOf(list.Signed.Span) >= 0, "what is signed stands in the list");
        // An empty sequence is a name, and no names at all.
        Claim.That(name is null || list is null, "a list is no name");
        if (names is not null) foreach (AlternativeName one in names) Claim.Declared(one.Kind);

        string text = Encoding.UTF8.GetString(input);
        if (AlternativeName.Parse(text) is { } written) Claim.Same(written, AlternativeName.Parse(written.Text)!.Value, "a name that was written again");
        if (DistinguishedNameText.Parse(text) is { CommonName: { } common } subject)
            Claim.That(subject.Canonical.Contains(common, StringComparison.Ordinal), "a common name stands in the subject");
    }
}
