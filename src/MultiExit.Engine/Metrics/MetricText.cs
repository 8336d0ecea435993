using System.Globalization;
using System.Text;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Metrics;

/// <summary>Writes metrics as text: OpenMetrics 1.0, or the text format 0.0.4 of Prometheus, which differs in the names of counters and in what is
/// escaped.</summary>
internal static class MetricText
{
    /// <summary>The whole text.</summary>
    public static byte[] Write(IReadOnlyList<MetricStatus> metrics, MetricFormat format)
    {
        bool isOpen = format == MetricFormat.OpenMetrics;
        StringBuilder text = new(16 * 1024);
        foreach (MetricStatus metric in metrics)
        {
            string sample = MetricNames.SampleOf(metric);
            // OpenMetrics names the family of a counter without _total, Prometheus with it.
            string family = isOpen ? MetricNames.FamilyOf(metric.Name, metric.Unit) : sample;
            text.Append("# HELP ").Append(family).Append(' ').Append(Escape(metric.Description, quotes: isOpen)).Append('\n');
            text.Append("# TYPE ").Append(family).Append(' ').Append(TypeOf(metric.Type)).Append('\n');
            if (isOpen && MetricNames.UnitOf(metric.Unit) is { } unit) text.Append("# UNIT ").Append(family).Append(' ').Append(unit).Append('\n');
            foreach (MetricPoint point in metric.Points) Append(text, sample, point);
        }
        if (isOpen) text.Append("# EOF\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Append(StringBuilder text, string name, MetricPoint point)
    {
        if (point.Buckets is not { } buckets)
        {
            Append(text, name, point.Labels, null, Number(point.Value));
            return;
        }
        foreach (MetricBucket bucket in buckets)
            Append(text, name + "_bucket", point.Labels, bucket.UpTo is { } bound ? Bound(bound) : "+Inf", Number(bucket.Count));
        Append(text, name + "_sum", point.Labels, null, Number(point.Value));
        Append(text, name + "_count", point.Labels, null, Number(point.Count ?? 0));
    }

    private static void Append(StringBuilder text, string name, IReadOnlyDictionary<string, string> labels, string? bound, string value)
    {
        text.Append(name);
        char before = '{';
        foreach ((string label, string content) in labels)
        {
            text.Append(before).Append(label).Append("=\"").Append(Escape(content, quotes: true)).Append('"');
            before = ',';
        }
        if (bound is not null)
        {
            text.Append(before).Append("le=\"").Append(bound).Append('"');
            before = ',';
        }
        if (before == ',') text.Append('}');
        text.Append(' ').Append(value).Append('\n');
    }

    private static string Escape(string text, bool quotes)
    {
        string escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    // Canonical: a whole number has a fraction too (OpenMetrics, "Canonical Numbers").
    private static string Bound(double value) => double.IsInteger(value) ? value.ToString("F1", CultureInfo.InvariantCulture) : Number(value);

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };
}
