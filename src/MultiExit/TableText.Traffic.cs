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
