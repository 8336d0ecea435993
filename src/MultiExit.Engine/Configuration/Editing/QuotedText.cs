using System.Globalization;
using System.Text;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Text in double quotes with the escapes of JSON, which are those of YAML too; printable characters are not escaped.</summary>
internal static class QuotedText
{
    public static string Of(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c == '\n') quoted.Append("\\n");
            else if (c == '\t') quoted.Append("\\t");
            else if (!Prints(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>Whether a character may be written as it is: no control character, no line break of YAML, no byte order mark.</summary>
    public static bool Prints(char c) => !char.IsControl(c) && c is not ('\u2028' or '\u2029' or '\ufeff');
}
