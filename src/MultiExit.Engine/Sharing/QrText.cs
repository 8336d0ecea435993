using System.Collections;
using System.Text;
using QRCoder;

namespace MultiExit.Engine.Sharing;

/// <summary>A QR code (ISO/IEC 18004) as text for a terminal: two rows of modules in a line of characters.</summary>
public static class QrText
{
    /// <summary>The longest text in octets that a code can hold with the correction that is used.</summary>
    public const int MaxLength = 2953;

    // Light modules are drawn, since most terminals have light characters on a dark ground.
    private const char Both = '\u2588', Upper = '\u2580', Lower = '\u2584';

    /// <summary>Makes a code. It has an edge of four light modules, as readers expect.</summary>
    /// <param name="text">The text, at most <see cref="MaxLength"/> octets in UTF-8.</param>
    /// <returns>Lines with line breaks between them.</returns>
    /// <exception cref="ArgumentException">The text is too long.</exception>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int length = Encoding.UTF8.GetByteCount(text);
        if (length > MaxLength) throw new ArgumentException($"a QR code holds {MaxLength} octets at most, and the text has {length}", nameof(text));
        // Terminals neither smudge nor tear, and a small code fits into more of them.
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L, forceUtf8: true);
        List<BitArray> rows = code.ModuleMatrix;
        StringBuilder lines = new();
        for (int y = 0; y < rows.Count; y += 2)
        {
            if (y > 0) lines.Append('\n');
            for (int x = 0; x < rows[y].Length; x++)
            {
                bool upper = !rows[y][x], lower = y + 1 < rows.Count && !rows[y + 1][x];
                lines.Append(upper && lower ? Both : upper ? Upper : lower ? Lower : ' ');
            }
        }
        return lines.ToString();
    }
}
