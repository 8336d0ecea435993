namespace MultiExit.Engine.Configuration.Reading;

/// <summary>The conditions that the text of a document must meet before the parser sees it.</summary>
internal static class DocumentText
{
    /// <summary>The largest document in characters.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Refuses text that is too long or holds control characters. A NUL would end the parser's input, and everything
    /// after it would be ignored.</summary>
    public static bool Check(string text, ErrorList errors)
    {
        if (text.Length > MaxLength)
        {
            errors.Add(new(1, 1, ""), "larger than 4 MiB, the most that YAML and JSON may have here");
            return false;
        }
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                line++;
                lineStart = i + 1;
            }
            else if (char.IsControl(c) && c is not ('\t' or '\r' or '\u0085'))
            {
                errors.Add(new(line, i - lineStart + 1, ""), $"a control character (U+{(int)c:X4}); a configuration is plain text");
                return false;
            }
        }
        return true;
    }

    /// <summary>A place within the text: the parser reports an early end in a line after the last one.</summary>
    public static SourcePlace Within(string text, int line, int column)
    {
        int lines = text.AsSpan().Count('\n') + 1;
        return line > lines ? new(lines, text.Length - text.LastIndexOf('\n'), "") : new(Math.Max(line, 1), Math.Max(column, 1), "");
    }

    /// <summary>JSON may be indented with tabs, YAML may not. JSON strings hold no bare tab, so every one of them is white space.</summary>
    public static string WithoutJsonTabs(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..] ? text.Replace('\t', ' ') : text;
}
