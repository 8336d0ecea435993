using System.Buffers;
using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Diagnostics;

/// <summary>Makes text that a peer chose safe for a line of a log or a cell of a table.</summary>
internal static class LogText
{
    private const int MaxLength = 300;

    /// <summary>The text, cut to 300 characters. Characters that are invisible or move visible ones are written as <c>\u202E</c>: control characters
    /// (a line break would forge a line, an escape sequence moves the cursor), those of directions, joining and tags, which make a line look like
    /// another one (Unicode's categories Cc, Cf, Zl and Zp), and halves of surrogate pairs.</summary>
    public static string Clean(string text)
    {
        if (text.Length <= MaxLength && IsClean(text)) return text;
        StringBuilder clean = new(MaxLength);
        for (int i = 0, used; i < text.Length && clean.Length < MaxLength; i += used)
        {
            bool whole = Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out used) == OperationStatus.Done;
            if (!whole) clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
            else if (!IsHidden(rune)) clean.Append(rune.ToString());
            else if (rune.IsBmp) clean.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else clean.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}");
        }
        if (clean.Length > MaxLength) clean.Length = char.IsHighSurrogate(clean[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return clean.ToString();
    }

    private static bool IsClean(string text)
    {
        foreach (char c in text)
            if (!char.IsAscii(c) || char.IsControl(c)) return IsCleanUnicode(text);
        return true;
    }

    private static bool IsCleanUnicode(string text)
    {
        for (int i = 0, used; i < text.Length; i += used)
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out used) != OperationStatus.Done || IsHidden(rune)) return false;
        return true;
    }

    private static bool IsHidden(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
