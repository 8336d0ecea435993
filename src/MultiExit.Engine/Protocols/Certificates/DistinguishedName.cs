using System.Formats.Asn1;
using System.Globalization;

namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>The name of a certificate's subject, in a form in which two of them can be compared as texts.</summary>
/// <param name="Canonical">All of it: object identifiers, and values with their lengths, the most specific part first.</param>
/// <param name="CommonName">The common name; null where there is none, or more than one.</param>
internal sealed record DistinguishedName(string Canonical, string? CommonName)
{
    private const string CommonNameType = "2.5.4.3";

    /// <summary>Reads the DER of a name (RFC 5280 section 4.1.2.4).</summary>
    /// <returns>Null when it is malformed, or a value of it is no text.</returns>
    public static DistinguishedName? Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            List<IReadOnlyList<(string Type, string Value)>> parts = [];
            AsnReader outer = new(der, AsnEncodingRules.DER);
            AsnReader name = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            while (name.HasData) parts.Add(ReadPart(name.ReadSetOf()));
            parts.Reverse();
            return Of(parts);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Makes it of its parts, the most specific one first.</summary>
    public static DistinguishedName Of(IReadOnlyList<IReadOnlyList<(string Type, string Value)>> parts)
    {
        // The values of one part have no order.
        IEnumerable<string> texts = parts.Select(part => string.Join('+', part.Select(Text).Order(StringComparer.Ordinal)));
        string[] common = [.. parts.SelectMany(part => part).Where(pair => pair.Type == CommonNameType).Select(pair => pair.Value)];
        return new(string.Join(',', texts), common is [string only] ? only : null);
    }

    private static string Text((string Type, string Value) pair) =>
        string.Create(CultureInfo.InvariantCulture, $"{pair.Type}={pair.Value.Length}:{pair.Value}");

    private static List<(string Type, string Value)> ReadPart(AsnReader part)
    {
        List<(string, string)> pairs = [];
        while (part.HasData)
        {
            AsnReader pair = part.ReadSequence();
            string type = pair.ReadObjectIdentifier();
            UniversalTagNumber kind = (UniversalTagNumber)pair.PeekTag().TagValue;
            pairs.Add((type, pair.ReadCharacterString(IsText(kind) ? kind : throw new AsnContentException("a value of the name is no text"))));
            pair.ThrowIfNotEmpty();
        }
        return pairs;
    }

    private static bool IsText(UniversalTagNumber kind) => kind is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString
        or UniversalTagNumber.IA5String or UniversalTagNumber.T61String or UniversalTagNumber.BMPString or UniversalTagNumber.NumericString;
}
