using System.Globalization;
using System.Text;

namespace MultiExit.Fuzz;

/// <summary>Bytes as a line of text: printable ASCII stands for itself, all else is <c>\r \n \t \\</c> or <c>\xNN</c>.</summary>
internal static class Escaped
{
    public static byte[] Read(string line)
    {
        List<byte> bytes = [];
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c != '\\')
            {
                bytes.Add(checked((byte)c));
                continue;
            }
            switch (line[++i])
            {
                case 'r': bytes.Add((byte)'\r'); break;
                case 'n': bytes.Add((byte)'\n'); break;
                case 't': bytes.Add((byte)'\t'); break;
                case '\\': bytes.Add((byte)'\\'); break;
                case 'x':
                    bytes.Add(byte.Parse(line.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                default: throw new FormatException($"'\\{line[i]}' is no escape");
            }
        }
        return [.. bytes];
    }

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        StringBuilder line = new(bytes.Length);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte value = bytes[i];
            // Editors take white space off the ends of lines, and a # at the beginning is a comment.
            bool plain = value is > 0x20 and < 0x7f and not (byte)'\\' || value == ' ' && i > 0 && i < bytes.Length - 1;
            if (plain && !(i == 0 && value == '#')) line.Append((char)value);
            else line.Append(value switch
            {
                (byte)'\r' => "\\r",
                (byte)'\n' => "\\n",
                (byte)'\t' => "\\t",
                (byte)'\\' => "\\\\",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
            });
        }
        return line.ToString();
    }
}
