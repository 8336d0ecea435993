using System.Globalization;

namespace MultiExit.Engine.Records.Traffic;

/// <summary>The times of dials, counted in buckets that are the same everywhere and for ever, so that rows can be added up.</summary>
internal static class DialBuckets
{
    // The greatest value of each bucket, in milliseconds; the last bucket has what took longer. A step is 1.3 to 2, so that a value between
    // two bounds is known to a quarter or so.
    private static readonly int[] Bounds =
    [
        1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 50_000,
    ];

    /// <summary>How many there are.</summary>
    public static int Count => Bounds.Length + 1;

    /// <summary>The column of each in the tables of the history.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        [.. Bounds.Select(bound => string.Create(CultureInfo.InvariantCulture, $"dial_{bound}")), "dial_more"];

    /// <summary>The bucket of a time.</summary>
    public static int Of(double milliseconds)
    {
        int index = 0;
        while (index < Bounds.Length && milliseconds > Bounds[index]) index++;
        return index;
    }

    /// <summary>The time that 95 of 100 dials did not exceed, between the bounds of its bucket by the share of its dials; null where there was none.
    /// </summary>
    public static double? Percentile95(ReadOnlySpan<long> counts)
    {
        double total = 0;
        foreach (long count in counts) total += Math.Max(0, count);
        if (total == 0) return null;
        double rank = total * 0.95, below = 0;
        for (int i = 0; i < Bounds.Length; i++)
        {
            long count = Math.Max(0, counts[i]);
            double from = i == 0 ? 0 : Bounds[i - 1];
            if (count > 0 && below + count >= rank) return Math.Round(from + (Bounds[i] - from) * (rank - below) / count, 1);
            below += count;
        }
        // Longer than all bounds: it is not known how much.
        return Bounds[^1];
    }
}
