using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>The filter of a search: from text (RFC 4515) to octets (RFC 4511 section 4.5.1.7).</summary>
internal static class LdapFilter
{
    private const int MaxDepth = 16;
    private const int MaxLength = 4096;

    /// <summary>Writes a value so that it stays one value in a filter, whatever is in it.</summary>
    public static string Escape(string value)
    {
        StringBuilder text = new(value.Length + 8);
        foreach (byte octet in Encoding.UTF8.GetBytes(value))
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'.' or (byte)'-' or (byte)'_' or (byte)'@') text.Append((char)octet);
            else text.Append(CultureInfo.InvariantCulture, $"\\{octet:x2}");
        }
        return text.ToString();
    }

    /// <summary>What is wrong with the text of a filter; null when nothing is.</summary>
    public static string? Problem(string text) => TryWrite(text, new AsnWriter(AsnEncodingRules.BER), out string? problem) ? null : problem;

    /// <summary>Writes the filter that a text stands for.</summary>
    public static bool TryWrite(string text, AsnWriter writer, [NotNullWhen(false)] out string? problem)
    {
        if (text.Length > MaxLength)
        {
            problem = $"it has more than {MaxLength} characters";
            return false;
        }
        int at = 0;
        problem = Write(text, ref at, writer, 0);
        if (problem is null && at < text.Length) problem = "something stands behind its last parenthesis";
        return problem is null;
    }

    private static string? Write(string text, ref int at, AsnWriter writer, int depth)
    {
        if (depth > MaxDepth) return "it is nested too deeply";
        if (at >= text.Length || text[at] != '(') return "expected a parenthesis";
        at++;
        string? problem = at >= text.Length ? "it ends too early" : text[at] switch
        {
            '&' => WriteSet(text, ref at, writer, 0, depth),
            '|' => WriteSet(text, ref at, writer, 1, depth),
            '!' => WriteNot(text, ref at, writer, depth),
            _ => WriteItem(text, ref at, writer),
        };
        if (problem is not null) return problem;
        if (at >= text.Length || text[at] != ')') return "a parenthesis is not closed";
        at++;
        return null;
    }

    private static string? WriteSet(string text, ref int at, AsnWriter writer, int tag, int depth)
    {
        at++;
        using AsnWriter.Scope set = writer.PushSetOf(Tag(tag, true));
        do
        {
            if (Write(text, ref at, writer, depth + 1) is { } problem) return problem;
        }
        while (at < text.Length && text[at] == '(');
        return null;
    }

    private static string? WriteNot(string text, ref int at, AsnWriter writer, int depth)
    {
        at++;
        using AsnWriter.Scope not = writer.PushSequence(Tag(2, true));
        return Write(text, ref at, writer, depth + 1);
    }

    private static string? WriteItem(string text, ref int at, AsnWriter writer)
    {
        int end = text.IndexOf(')', at);
        int equals = text.IndexOf('=', at);
        if (end < 0 || equals < 0 || equals > end) return "expected attribute=value";
        string attribute = text[at..equals], value = text[(equals + 1)..end];
        at = end;
        int tag = 3;
        if (attribute.EndsWith('>')) tag = 5;
        else if (attribute.EndsWith('<')) tag = 6;
        else if (attribute.EndsWith('~')) tag = 8;
        if (attribute.EndsWith(':')) return WriteExtensible(attribute[..^1], value, writer);
        if (tag != 3) attribute = attribute[..^1];
        if (!IsAttribute(attribute)) return "expected attribute=value";
        if (tag == 3 && value == "*")
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute), Tag(7, false));
            return null;
        }
        if (tag == 3 && value.Contains('*', StringComparison.Ordinal)) return WriteSubstrings(attribute, value.Split('*'), writer);
        if (Unescape(value) is not { } octets) return BadEscape;
        using AsnWriter.Scope assertion = writer.PushSequence(Tag(tag, true));
        writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute));
        writer.WriteOctetString(octets);
        return null;
    }

    private const string BadEscape = "expected two hexadecimal digits behind \\";

    private static string? WriteSubstrings(string attribute, string[] parts, AsnWriter writer)
    {
        using AsnWriter.Scope substrings = writer.PushSequence(Tag(4, true));
        writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute));
        using AsnWriter.Scope all = writer.PushSequence();
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length == 0) continue;
            if (Unescape(parts[i]) is not { } octets) return BadEscape;
            writer.WriteOctetString(octets, Tag(i == 0 ? 0 : i == parts.Length - 1 ? 2 : 1, false));
        }
        return null;
    }

    // attribute[:dn][:rule]:=value, of which Active Directory has the rule that looks through nested groups.
    private static string? WriteExtensible(string left, string value, AsnWriter writer)
    {
        string[] parts = left.Split(':');
        bool ofDn = parts.Length > 1 && parts[1].Equals("dn", StringComparison.OrdinalIgnoreCase);
        string rule = parts.Length > (ofDn ? 2 : 1) ? parts[ofDn ? 2 : 1] : "";
        if (parts.Length > (ofDn ? 3 : 2) || (parts[0].Length > 0 && !IsAttribute(parts[0])) || (rule.Length > 0 && !IsAttribute(rule))
            || parts[0].Length + rule.Length == 0)
            return "expected attribute:rule:=value";
        if (Unescape(value) is not { } octets) return BadEscape;
        using AsnWriter.Scope match = writer.PushSequence(Tag(9, true));
        if (rule.Length > 0) writer.WriteOctetString(Encoding.UTF8.GetBytes(rule), Tag(1, false));
        if (parts[0].Length > 0) writer.WriteOctetString(Encoding.UTF8.GetBytes(parts[0]), Tag(2, false));
        writer.WriteOctetString(octets, Tag(3, false));
        if (ofDn) writer.WriteBoolean(true, Tag(4, false));
        return null;
    }

    private static bool IsAttribute(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or ';' or '_');

    private static byte[]? Unescape(string text)
    {
        List<byte> octets = new(text.Length);
        byte[] all = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] != (byte)'\\') octets.Add(all[i]);
            else if (i + 2 < all.Length
                && byte.TryParse(all.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                octets.Add(octet);
                i += 2;
            }
            else return null;
        }
        return [.. octets];
    }

    private static Asn1Tag Tag(int number, bool isConstructed) => new(TagClass.ContextSpecific, number, isConstructed);
}
