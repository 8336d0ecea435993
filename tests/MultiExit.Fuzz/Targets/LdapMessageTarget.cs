using System.Formats.Asn1;
using System.Text;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ldap;

namespace MultiExit.Fuzz.Targets;

/// <summary>Messages of a directory; the same octets as the text of a filter, and as a name in a DN and a filter. Outcomes: a message, or none; a filter,
/// or what is wrong with it.</summary>
internal static class LdapMessageTarget
{
    public static FuzzTarget Target => new("ldap-message", Run)
    {
        MaxLength = 2000,
        Words =
        [
            "0", @"\x84", @"\x80", @"\x61", @"\x64", @"\x65", @"\x73", @"\x78", @"\x0a\x01", @"\x02\x01", @"\x04", "1", "(", ")", "=", "*", @"\\2a",
            "&", "|", "!", ":=",
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        ParseStatus status = LdapResponses.TryGetLength(input, out int length);
        Claim.That(status != ParseStatus.Ok || length is >= 2 and <= LdapResponses.MaxLength + 6, "a message has a length beyond its bound");
        bool isMessage = LdapResponses.TryRead(input.ToArray(), ["memberOf"], out LdapResponse? response);
        meter.Check(input.Length, 800, 32768);
        Claim.Same(isMessage, response is not null, "a message comes with a yes");
        if (response is not null) Claim.That(response.Entry is null || response.Result is null, "a message is an entry and a result");
        string text = Encoding.UTF8.GetString(input);
        AsnWriter writer = new(AsnEncodingRules.BER);
        if (LdapFilter.TryWrite(text, writer, out string? problem)) writer.Encode();
        else Claim.That(problem.Length > 0, "a problem has no words");
        Claim.Same(null, LdapFilter.Problem($"(uid={LdapFilter.Escape(text[..Math.Min(text.Length, 200)])})"), "a filter with an escaped value");
        LdapDn.FirstValue(text);
        CheckName(text);
    }

    private static void CheckName(string text)
    {
        string dn = $"uid={LdapDn.Escape(text)},ou=people";
        int commas = 0;
        for (int i = 0; i < dn.Length; i++)
        {
            if (dn[i] == '\\') i++;
            else if (dn[i] is ',' or '+' or ';') commas++;
        }
        Claim.Same(1, commas, "parts of a DN behind the first");
    }
}
