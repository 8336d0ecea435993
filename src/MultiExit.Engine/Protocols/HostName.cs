using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols;

/// <summary>The one form of a host name that rules, limits, groups and dials see, whatever form a client sent it in: lower case, without
/// the dot of the root, in ASCII. So a name cannot be written past a rule.</summary>
/// <remarks>
/// The mapping is that of UTS 46 section 4 as far as it concerns case, full-width forms, ideographic full stops and ignored characters;
/// where the process has ICU data, the rest of it as well. A compatibility character that is not mapped makes another name, for the rules
/// and for the resolver alike. The encoding is that of RFC 5891 section 4.4 (<c>xn--</c>).
/// </remarks>
internal static class HostName
{
    private const int FullWidthOffset = 0xfee0;

    /// <summary>Brings a name into that form.</summary>
    /// <param name="text">The name.</param>
    /// <param name="name">The name in ASCII and lower case. Its characters and lengths are not checked otherwise.</param>
    /// <returns>False when nothing is left, or the name cannot be encoded.</returns>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? name)
    {
        name = Ascii.IsValid(text) ? text : Map(text);
        if (name.EndsWith('.')) name = name[..^1];
        if (name.Length == 0) return false;
        if (!Ascii.IsValid(name))
        {
            try
            {
                name = new IdnMapping().GetAscii(name);
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
        name = name.ToLowerInvariant();
        return true;
    }

    private static string Map(string text)
    {
        StringBuilder mapped = new(text.Length);
        foreach (char c in text)
        {
            switch (c)
            {
                case >= '\uff01' and <= '\uff5e':
                    mapped.Append((char)(c - FullWidthOffset));
                    break;
                case '\u3002' or '\uff61': // ideographic full stops; the full-width one is among the forms above
                    mapped.Append('.');
                    break;
                case '\u00ad' or '\u034f' or (>= '\u180b' and <= '\u180d') or '\u200b' or '\u2060' or '\u2064' or (>= '\ufe00' and <= '\ufe0f') or '\ufeff':
                    break;
                default:
                    mapped.Append(c);
                    break;
            }
        }
        return mapped.ToString().ToLowerInvariant();
    }
}
