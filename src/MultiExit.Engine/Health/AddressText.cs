using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Health;

/// <summary>Finds the address in the answer of a service that says who asks: plain text, JSON or a page.</summary>
internal static class AddressText
{
    // An IPv6 address with an IPv4 one at its end.
    private const int MaxLength = 45;

    /// <summary>The first address of a text; null: it has none.</summary>
    public static IPAddress? Find(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int length = 0;
            while (length < text.Length && IsPart(text[length])) length++;
            ReadOnlySpan<char> word = text[..length].TrimEnd('.').TrimEnd(':');
            if (Parse(word) is { } address) return address;
            text = text[Math.Max(1, length)..];
        }
        return null;
    }

    private static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c is '.' or ':';

    // Numbers alone are addresses to the parser, and the times and versions of a page are none.
    private static IPAddress? Parse(ReadOnlySpan<char> word) =>
        word.Length <= MaxLength && (word.Count('.') == 3 || word.Count(':') > 1) && IPAddress.TryParse(word, out IPAddress? address)
        && (address.AddressFamily == AddressFamily.InterNetwork || word.Count(':') > 2 || word.IndexOf("::") >= 0) ? address : null;
}
