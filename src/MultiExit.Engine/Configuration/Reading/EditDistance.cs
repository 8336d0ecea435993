namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Finds the word that was probably meant.</summary>
internal static class EditDistance
{
    private const int MaxLength = 40;

    /// <summary>The nearest candidate, or null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > MaxLength) return null;
        string? best = null;
        // A third of the letters may be wrong, at least one, and never the whole word.
        int limit = Math.Max(1, word.Length / 3);
        foreach (string candidate in candidates)
        {
            if (candidate.Length > MaxLength || Math.Abs(candidate.Length - word.Length) > limit) continue;
            int distance = Between(word, candidate);
            if (distance > limit || distance >= candidate.Length) continue;
            if (distance == limit && best is not null) continue;
            best = candidate;
            limit = distance;
        }
        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours, without regard to case and to <c>-</c> for <c>_</c>.</summary>
    public static int Between(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int[] before = new int[b.Length + 1];
        int[] previous = new int[b.Length + 1];
        int[] current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                bool same = Fold(a[i - 1]) == Fold(b[j - 1]);
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Fold(a[i - 1]) == Fold(b[j - 2]) && Fold(a[i - 2]) == Fold(b[j - 1]))
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
            (before, previous, current) = (previous, current, before);
        }
        return previous[b.Length];
    }

    private static char Fold(char c) => c == '-' ? '_' : char.ToLowerInvariant(c);
}
