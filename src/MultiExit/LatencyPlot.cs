using System.Globalization;

namespace MultiExit;

/// <summary>Times as bars in lines of text: how many of them lie in each of some equal steps.</summary>
internal static class LatencyPlot
{
    private const int Steps = 10, Label = 15;

    /// <summary>The lines, each as wide as the terminal at most.</summary>
    /// <param name="title">The line above.</param>
    /// <param name="milliseconds">The times.</param>
    /// <param name="width">The columns.</param>
    public static IEnumerable<string> Draw(string title, double[] milliseconds, int width)
    {
        if (milliseconds.Length == 0) yield break;
        yield return TrafficPlot.Cut(title, width);
        (double From, double To, int Count)[] rows = Rows(milliseconds, Steps);
        double most = rows.Max(row => row.Count);
        foreach ((double from, double to, int count) in rows)
        {
            string label = string.Create(CultureInfo.CurrentCulture, $"{from:0.00} - {to:0.00}").PadLeft(Label);
            yield return TrafficPlot.Cut(
                string.Create(CultureInfo.CurrentCulture, $"  {label} {TrafficPlot.Bar(count / most, Math.Max(10, width - Label - 10))} {count,5}"), width);
        }
    }

    /// <summary>The steps from the least to the greatest, one where all are the same.</summary>
    public static (double From, double To, int Count)[] Rows(double[] values, int steps)
    {
        double least = values.Min(), greatest = values.Max();
        if (least >= greatest) return [(least, greatest, values.Length)];
        double step = (greatest - least) / steps;
        int[] counts = new int[steps];
        foreach (double value in values) counts[Math.Min(steps - 1, (int)((value - least) / step))]++;
        return [.. counts.Select((count, i) => (least + (i * step), least + ((i + 1) * step), count))];
    }
}
