using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Protocols.Dns;

/// <summary>Domain names on the wire (RFC 1035 sections 3.1 and 4.1.4). As text they are in lower case, without the dot at the end;
/// the root is empty.</summary>
internal static class DnsName
{
    /// <summary>The longest name in octets, length octets and the root included.</summary>
    public const int MaxLength = 255;

    private const int MaxLabel = 63;
    private const int PointerBits = 0xc0;

    /// <summary>Brings a name into the form of queries: lower case, xn-- where it is not ASCII.</summary>
    /// <returns>False for a text that is not a name of letters, digits, hyphens and underscores.</returns>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? name)
    {
        if (!HostName.TryNormalize(text, out name) || name.Length > MaxLength - 2) return false;
        foreach (Range range in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = name.AsSpan()[range];
            if (label.Length is 0 or > MaxLabel) return false;
            foreach (char c in label)
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        }
        return true;
    }

    /// <summary>Writes a normalized name and returns its length.</summary>
    public static int Write(string name, Span<byte> target)
    {
        int offset = 0;
        foreach (Range range in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = name.AsSpan()[range];
            target[offset++] = (byte)label.Length;
            offset += Encoding.ASCII.GetBytes(label, target[offset..]);
        }
        target[offset++] = 0;
        return offset;
    }

    /// <summary>Reads a name of a message.</summary>
    /// <param name="message">The whole message, for pointers.</param>
    /// <param name="offset">The offset of the name; on return, the offset after it.</param>
    /// <param name="name">The name; octets that a host name cannot have stand as <c>\ddd</c>.</param>
    /// <param name="compressed">Whether pointers are allowed here.</param>
    /// <remarks>A pointer leads to a place before the current label or is invalid, so a name ends after finitely many; the length of a name
    /// bounds the work as well.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out string name, bool compressed = true)
    {
        name = "";
        StringBuilder text = new();
        int octets = 1;
        int at = offset;
        int lowest = offset;
        bool jumped = false;
        while (at < message.Length)
        {
            int length = message[at];
            if (length == 0)
            {
                if (!jumped) offset = at + 1;
                name = text.ToString();
                return true;
            }
            if ((length & PointerBits) == PointerBits)
            {
                if (!compressed || at + 1 >= message.Length) return false;
                int target = (length & ~PointerBits) << 8 | message[at + 1];
                if (target >= lowest) return false;
                if (!jumped) offset = at + 2;
                jumped = true;
                at = lowest = target;
                continue;
            }
            octets += 1 + length;
            if (length > MaxLabel || octets > MaxLength || at + 1 + length > message.Length) return false;
            Append(text, message.Slice(at + 1, length));
            at += 1 + length;
        }
        return false;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0) text.Append('.');
        foreach (byte octet in label)
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'_') text.Append(char.ToLowerInvariant((char)octet));
            else text.Append(CultureInfo.InvariantCulture, $"\\{octet:d3}");
        }
    }
}
