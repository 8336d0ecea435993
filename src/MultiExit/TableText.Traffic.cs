using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MultiExit;

/// <content>Texts of traffic.</content>
public static partial class TableText
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Points of traffic as a line of blocks, each as high as its bytes, at most 16; a step without bytes is a blank.</summary>
    public static string Sparkline(object? points)
    {
        if (Unwrap(points) is not IEnumerable each) return "";
        double[] bytes = [.. each.Cast<object>().Select(BytesOf)];
        return Sparkline(bytes, 16);
    }

    /// <summary>A part as a percentage, <c>43 %</c>.</summary>
    public static string Percent(object? part) => Unwrap(part) is not { } value ? ""
        : Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("0 %", CultureInfo.CurrentCulture);

    /// <summary>A change, <c>+25%</c>, and <c>x12</c> where it is more than tenfold; empty for null.</summary>
    public static string Change(object? change)
    {
        if (Unwrap(change) is not { } value) return "";
        double part = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (part > 9.99) return string.Create(CultureInfo.InvariantCulture, $"x{Math.Min(part + 1, 99_999):0}");
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(part * 100, MidpointRounding.AwayFromZero):+0;-0;0}%");
    }

    /// <summary>How many of the values are how great, from the least to the greatest, as a line of 12 blocks; empty without values.</summary>
    public static string Histogram(object? values) => Numbers(values) is not { Length: > 0 } numbers ? ""
        : Sparkline([.. LatencyPlot.Rows(numbers, 12).Select(row => (double)row.Count)], 12);

    /// <summary>A rate in bytes, <c>1.2 MB/s</c>; empty for null.</summary>
    public static string Rate(object? bytesPerSecond) => Size(bytesPerSecond) is { Length: > 0 } size ? size + "/s" : "";

    /// <summary>Milliseconds of 50, 90 and 99 in a hundred, <c>0.3 0.5 12</c>; empty for null.</summary>
    public static string Percentiles(object? half, object? most, object? nearlyAll) => string.Join(' ', new[] { half, most, nearlyAll }.Select(Short)).Trim();

    private static string Short(object? milliseconds) => Unwrap(milliseconds) is not { } value ? ""
        : Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number
            ? number.ToString(number < 10 ? "0.00" : number < 100 ? "0.0" : "0", CultureInfo.CurrentCulture) : "";

    private static double[]? Numbers(object? values) =>
        (Unwrap(values) as IEnumerable)?.Cast<object>().Select(value => Convert.ToDouble(Unwrap(value), CultureInfo.InvariantCulture)).ToArray();

    internal static string Sparkline(double[] values, int width)
    {
        if (values.Length > width) values = Narrow(values, width);
        double most = values.DefaultIfEmpty().Max();
        return string.Concat(values.Select(value => value <= 0 ? ' ' : Blocks[Math.Min(Blocks.Length - 1, (int)(value / most * Blocks.Length))]));
    }

    private static double[] Narrow(double[] values, int width) => [.. Enumerable.Range(0, width).Select(i =>
        values[(i * values.Length / width)..((i + 1) * values.Length / width)].Average())];

    // Behind Start-Job a point is an object that looks like one.
    private static double BytesOf(object point) => point is MxTrafficPoint own ? own.BytesUp + own.BytesDown
        : PSObject.AsPSObject(point) is var shown ? Number(shown, "BytesUp") + Number(shown, "BytesDown") : 0;

    private static double Number(PSObject item, string property) =>
        item.Properties[property]?.Value is { } value ? Convert.ToDouble(Unwrap(value), CultureInfo.InvariantCulture) : 0;
}
