using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>Distinguished names as people write them, <c>CN=bob,O=Example</c> (RFC 4514): the most specific part first.</summary>
internal static class DistinguishedNameText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "a subject as `openssl x509 -noout -subject -nameopt RFC2253` prints it, such as CN=bob,O=Example";

    private const int MaxLength = 1024;

    // RFC 4514 section 3, and what OpenSSL prints beside it.
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CN"] = "2.5.4.3", ["SN"] = "2.5.4.4", ["serialNumber"] = "2.5.4.5", ["C"] = "2.5.4.6", ["L"] = "2.5.4.7", ["ST"] = "2.5.4.8",
        ["street"] = "2.5.4.9", ["O"] = "2.5.4.10", ["OU"] = "2.5.4.11", ["title"] = "2.5.4.12", ["GN"] = "2.5.4.42", ["dnQualifier"] = "2.5.4.46",
        ["DC"] = "0.9.2342.19200300.100.1.25", ["UID"] = "0.9.2342.19200300.100.1.1", ["emailAddress"] = "1.2.840.113549.1.9.1",
        ["E"] = "1.2.840.113549.1.9.1",
    };

    /// <summary>Reads one.</summary>
    /// <returns>Null when it is not valid.</returns>
    public static DistinguishedName? Parse(string text)
    {
        if (text.Length is 0 or > MaxLength) return null;
        List<IReadOnlyList<(string, string)>> parts = [];
        List<(string, string)> part = [];
        int at = 0;
        while (true)
        {
            if (ReadType(text, ref at) is not { } type || ReadValue(text, ref at) is not { } value) return null;
            part.Add((type, value));
            bool ends = at == text.Length;
            if (ends || text[at] != '+')
            {
                parts.Add(part);
                part = [];
            }
            if (ends) return DistinguishedName.Of(parts);
            at++;
        }
    }

    private static string? ReadType(string text, ref int at)
    {
        int end = text.IndexOf('=', at);
        if (end < 0) return null;
        string word = text[at..end].Trim();
        at = end + 1;
        if (Types.TryGetValue(word, out string? type)) return type;
        return word.Contains('.', StringComparison.Ordinal) && word.All(c => char.IsAsciiDigit(c) || c == '.') ? word : null;
    }

    // Up to an unescaped comma or plus sign. Spaces around it do not count unless they are escaped.
    private static string? ReadValue(string text, ref int at)
    {
        List<byte> value = [];
        int kept = 0;
        while (at < text.Length && text[at] == ' ') at++;
        while (at < text.Length && text[at] is not (',' or '+'))
        {
            if (text[at] is '"' or ';' or '<' or '>' || char.IsControl(text[at])) return null;
            if (text[at] == '\\')
            {
                if (ReadEscape(text, ref at) is not { } escaped) return null;
                value.Add(escaped);
                kept = value.Count;
                continue;
            }
            int length = char.IsSurrogatePair(text, at) ? 2 : 1;
            value.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, length)));
            if (text[at] != ' ') kept = value.Count;
            at += length;
        }
        try
        {
            return kept == 0 ? null : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. value[..kept]]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // A special character, or a byte as two hexadecimal digits.
    private static byte? ReadEscape(string text, ref int at)
    {
        if (at + 2 < text.Length
            && byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte one))
        {
            at += 3;
            return one;
        }
        if (at + 1 >= text.Length || !" \"#+,;<=>\\".Contains(text[at + 1], StringComparison.Ordinal)) return null;
        at += 2;
        return (byte)text[at - 1];
    }
}
