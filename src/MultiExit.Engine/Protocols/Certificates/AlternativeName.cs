using System.Formats.Asn1;
using System.Net;

namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>A name in the extension subjectAltName of a certificate (RFC 5280 section 4.2.1.6), in a form in which two of them can be compared.</summary>
/// <param name="Kind">What kind of name it is: a name of a kind is never one of another kind.</param>
/// <param name="Text">The name; of a DNS name, and behind the @ of a mail address, in lower case.</param>
internal readonly record struct AlternativeName(AlternativeNameKind Kind, string Text)
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a name in the certificate: a DNS name without *, a mail address, a URI or an IP address";

    private const int MaxLength = 512;

    // A certificate for a client has one or two.
    private const int MaxCount = 64;

    /// <summary>Reads one as people write it; its form says of which kind it is.</summary>
    /// <returns>Null when it is none.</returns>
    public static AlternativeName? Parse(string text)
    {
        if (text.Length is 0 or > MaxLength || !text.All(c => c is > ' ' and < '\x7f')) return null;
        if (IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3))
            return new(AlternativeNameKind.Address, address.ToString());
        bool isUri = text.Contains(':', StringComparison.Ordinal);
        if (isUri) return Uri.TryCreate(text, UriKind.Absolute, out _) ? new(AlternativeNameKind.Uri, text) : null;
        int at = text.LastIndexOf('@');
        if (at >= 0) return at > 0 && at < text.Length - 1 ? Of(AlternativeNameKind.Email, text) : null;
        return text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && text[0] != '.' ? Of(AlternativeNameKind.Dns, text) : null;
    }

    /// <summary>Reads the value of the extension.</summary>
    /// <returns>Its names of the kinds that are understood; null when it is malformed, or has too many.</returns>
    public static IReadOnlyList<AlternativeName>? Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            List<AlternativeName> names = [];
            AsnReader outer = new(der, AsnEncodingRules.DER);
            AsnReader reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            for (int count = 0; reader.HasData; count++)
            {
                if (count == MaxCount) return null;
                Asn1Tag tag = reader.PeekTag();
                if (tag.TagClass != TagClass.ContextSpecific) return null;
                AlternativeNameKind kind = (AlternativeNameKind)tag.TagValue;
                if (kind is AlternativeNameKind.Email or AlternativeNameKind.Dns or AlternativeNameKind.Uri)
                    names.Add(Of(kind, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                else if (kind == AlternativeNameKind.Address) names.Add(new(kind, AddressOf(reader.ReadOctetString(tag))));
                else reader.ReadEncodedValue();
            }
            return names;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static string AddressOf(byte[] bytes) =>
        bytes.Length is 4 or 16 ? new IPAddress(bytes).ToString() : throw new AsnContentException("an address is of the wrong length");

    private static AlternativeName Of(AlternativeNameKind kind, string text) => kind switch
    {
        AlternativeNameKind.Dns => new(kind, text.ToLowerInvariant()),
        AlternativeNameKind.Email when text.LastIndexOf('@') is > 0 and var at => new(kind, text[..at] + text[at..].ToLowerInvariant()),
        _ => new(kind, text),
    };
}
