using System.Text;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>How many guesses a pre-shared key is plausibly worth. An observer of one handshake can try guesses off line, so it has to be
/// many.</summary>
/// <remarks>An estimate that a person's text cannot fool easily: words count as one out of a dictionary, runs and repetitions as next to
/// nothing. A generated text counts by its alphabet, the few runs in it that chance makes included.</remarks>
internal static class KeyStrength
{
    /// <summary>The strength that a key needs.</summary>
    public const int Enough = 128;

    // A word of the common lists of 7,776 words has 12.9 bits.
    private const double WordBits = 13;
    private const int ShortestWord = 4;
    private const int Others = 33;

    // Chance makes fewer runs than one in so many characters: of 32 hexadecimal digits more than four follow a run in one key of some thousands.
    private const int CharactersForRun = 8;

    /// <summary>The strength of a key as it stands in a configuration, in bits.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        string text = Encoding.UTF8.GetString(key);
        text = text.StartsWith("base64:", StringComparison.Ordinal) ? Convert.ToHexString(Decode(text["base64:".Length..])) : text;
        string unit = text[..Period(text)];
        double repeats = Math.Log2((double)Math.Max(text.Length, 1) / Math.Max(unit.Length, 1));
        return (int)(Math.Min(OfCharacters(unit), OfWords(unit)) + repeats + 0.001);
    }

    private static byte[] Decode(string base64)
    {
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int count) ? bytes[..count] : [];
    }

    private static double OfCharacters(string text)
    {
        double bits = BitsOfOne(text);
        int runs = Enumerable.Range(0, text.Length).Count(i => IsRun(text, i));
        return runs * CharactersForRun <= text.Length ? text.Length * bits : (text.Length - runs) * bits + runs;
    }

    // The alphabet that the text seems to be drawn from.
    private static double BitsOfOne(string text)
    {
        if (text.All(char.IsAsciiHexDigitLower) || text.All(char.IsAsciiHexDigitUpper)) return text.All(char.IsAsciiDigit) ? Math.Log2(10) : 4;
        int size = (text.Any(char.IsAsciiDigit) ? 10 : 0) + (text.Any(char.IsAsciiLetterLower) ? 26 : 0) + (text.Any(char.IsAsciiLetterUpper) ? 26 : 0)
            + (text.Any(other => !char.IsAsciiLetterOrDigit(other)) ? Others : 0);
        return Math.Log2(Math.Max(size, 2));
    }

    // Three in a row: aaa, 123, cba.
    private static bool IsRun(string text, int i) =>
        i >= 2 && text[i] - text[i - 1] is var step and >= -1 and <= 1 && text[i - 1] - text[i - 2] == step;

    // The text as words with separators between them; text that is not a word counts by its alphabet. Infinite where words are not most of it.
    private static double OfWords(string text)
    {
        double bits = BitsOfOne(text);
        double sum = 0;
        int inWords = 0;
        for (int i = 0; i < text.Length;)
        {
            int end = EndOfWord(text, i);
            bool isWord = end - i >= ShortestWord && IsPronounceable(text.AsSpan(i, end - i));
            if (isWord) inWords += end - i;
            // Short words as well: the words of a phrase are not all long, and the separator is mostly the same.
            sum += isWord ? WordBits : end > i ? Math.Min(WordBits, (end - i) * bits) : i > 0 && text.LastIndexOf(text[i], i - 1) >= 0 ? 1 : bits;
            i = Math.Max(end, i + 1);
        }
        return inWords * 2 >= text.Length ? sum : double.PositiveInfinity;
    }

    // Letters of one case, the first of which may be a capital.
    private static int EndOfWord(string text, int start)
    {
        int end = start;
        if (end < text.Length && char.IsLetter(text[end])) end++;
        bool upper = end + 1 < text.Length && end > start && char.IsUpper(text[start]) && char.IsUpper(text[end]);
        while (end < text.Length && char.IsLetter(text[end]) && char.IsUpper(text[end]) == upper) end++;
        return end;
    }

    private static bool IsPronounceable(ReadOnlySpan<char> letters)
    {
        int vowels = 0;
        foreach (char letter in letters) vowels += "aeiouyAEIOUY".Contains(letter) || letter > 127 ? 1 : 0;
        return vowels * 4 >= letters.Length;
    }

    // The length of the shortest beginning that the text repeats to its end (Knuth, Morris and Pratt). A beginning that comes less than
    // twice is no repetition: chance gives one random text in sixteen the same hexadecimal digit at both ends.
    private static int Period(string text)
    {
        int[] border = new int[text.Length + 1];
        for (int i = 1, k = 0; i < text.Length; i++)
        {
            while (k > 0 && text[i] != text[k]) k = border[k];
            if (text[i] == text[k]) k++;
            border[i + 1] = k;
        }
        int period = text.Length - border[^1];
        return period * 2 <= text.Length ? period : text.Length;
    }
}
