using System.Globalization;

namespace MultiExit;

/// <summary>Traffic as bars in lines of text.</summary>
internal static class TrafficPlot
{
    private const string Parts = " ▏▎▍▌▋▊▉";
    private const int MaxLabel = 32, MinBar = 10;

    /// <summary>The lines, each as wide as the terminal at most.</summary>
    /// <param name="rows">The rows of one server, the greatest first.</param>
    /// <param name="title">The line above.</param>
    /// <param name="width">The columns.</param>
    public static IEnumerable<string> Draw(IReadOnlyList<MxTraffic> rows, string title, int width)
    {
        yield return Cut(title, width);
        if (rows.Count == 0)
        {
            yield return Cut("  nothing went through", width);
            yield break;
        }
        int label = Math.Min(MaxLabel, Math.Max(4, Math.Min(rows.Max(row => row.Label.Length), width / 3)));
        // Two blanks before, one between the columns; sizes have 8 characters and shares 5.
        int bar = Math.Max(MinBar, width - label - 18);
        double most = Math.Max(1, rows.Max(row => row.Bytes));
        foreach (MxTraffic row in rows)
        {
            yield return Cut(string.Create(CultureInfo.CurrentCulture,
                $"  {Fit(row.Label, label)} {Bar(row.Bytes / most, bar)} {TableText.Size(row.Bytes),8} {TableText.Percent(row.Share),5}"), width);
        }
    }

    // In eighths of a column.
    internal static string Bar(double part, int width)
    {
        int eighths = part > 0 ? Math.Max(1, (int)Math.Round(part * width * 8)) : 0;
        string bar = new('█', eighths / 8);
        return (eighths % 8 == 0 ? bar : bar + Parts[eighths % 8]).PadRight(width);
    }

    private static string Fit(string text, int width) => (text.Length <= width ? text : text[..(width - 1)] + '…').PadRight(width);

    internal static string Cut(string line, int width) => line.Length <= width ? line : line[..width];
}
