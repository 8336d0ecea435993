using System.Buffers;
using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Ech;

/// <summary>The public name of a config: the server name that every observer sees (RFC 9849 section 6.1.7).</summary>
internal static class EchPublicName
{
    /// <summary>The longest one in octets: the TLS field has one byte for its length, DNS stops at 253 (RFC 1035 section 2.3.4).</summary>
    public const int MaxLength = 253;

    private static readonly SearchValues<byte> Ldh = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"u8);

    /// <summary>Whether it is a host name of LDH labels that cannot be taken for an IPv4 address.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > MaxLength) return false;
        ReadOnlySpan<byte> last = default;
        foreach (Range range in name.Split((byte)'.'))
        {
            last = name[range];
            if (last.Length is 0 or > 63 || last[0] == '-' || last[^1] == '-' || last.ContainsAnyExcept(Ldh)) return false;
        }
        return !IsNumber(last);
    }

    /// <summary>The same for text.</summary>
    public static bool IsValid(string name) => Ascii.IsValid(name) && IsValid(Encoding.ASCII.GetBytes(name));

    /// <summary>The octets as text that is safe to show: what is not printable ASCII as <c>\ddd</c>.</summary>
    public static string ToText(ReadOnlySpan<byte> name)
    {
        StringBuilder text = new(name.Length);
        foreach (byte octet in name)
        {
            if (octet is > (byte)' ' and < 0x7f and not (byte)'\\') text.Append((char)octet);
            else text.Append(CultureInfo.InvariantCulture, $"\\{octet:d3}");
        }
        return text.ToString();
    }

    // The labels that a URL parser takes for the end of an IPv4 address: decimal digits, or 0x and hexadecimal ones.
    private static bool IsNumber(ReadOnlySpan<byte> label) =>
        !label.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        || label.Length >= 2 && label[0] == '0' && label[1] is (byte)'x' or (byte)'X' && IsHex(label[2..]);

    private static bool IsHex(ReadOnlySpan<byte> digits)
    {
        foreach (byte digit in digits)
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        return true;
    }
}
