namespace MultiExit.Engine.Diagnostics;

/// <summary>Makes text that a peer chose fit for a log line.</summary>
internal static class LogText
{
    private const int MaxLength = 300;

    /// <summary>The text without control characters (a line break would forge a line) and cut to 300 characters.</summary>
    public static string Clean(string text)
    {
        bool clean = text.Length <= MaxLength;
        foreach (char c in text) clean &= !char.IsControl(c);
        if (clean) return text;
        return string.Create(Math.Min(text.Length, MaxLength), text, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++) target[i] = char.IsControl(source[i]) ? '?' : source[i];
        });
    }
}
