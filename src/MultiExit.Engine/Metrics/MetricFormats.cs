using System.Globalization;

namespace MultiExit.Engine.Metrics;

/// <summary>Which form of the metrics a client takes (RFC 9110 section 12.5.1).</summary>
internal static class MetricFormats
{
    private static readonly (string Type, MetricFormat Format)[] Types =
    [
        ("application/openmetrics-text", MetricFormat.OpenMetrics),
        ("text/plain", MetricFormat.Prometheus),
        ("text/html", MetricFormat.Prometheus), // a browser, which shows plain text
        ("application/json", MetricFormat.Json),
    ];

    /// <summary>The form for a client.</summary>
    /// <param name="accept">Its field Accept; null for none.</param>
    /// <returns>OpenMetrics, unless it asks by name for another one and likes that more.</returns>
    public static MetricFormat Of(string? accept)
    {
        MetricFormat best = MetricFormat.OpenMetrics;
        double most = 0;
        foreach (string range in (accept ?? "").Split(','))
        {
            string[] parts = range.Split(';', StringSplitOptions.TrimEntries);
            int index = Array.FindIndex(Types, type => string.Equals(type.Type, parts[0], StringComparison.OrdinalIgnoreCase));
            double weight = WeightOf(parts);
            // Of the same weight, the first that the client names.
            if (index < 0 || weight <= most) continue;
            (best, most) = (Types[index].Format, weight);
        }
        return best;
    }

    /// <summary>The content type of a form.</summary>
    public static string ContentType(this MetricFormat format) => format switch
    {
        MetricFormat.OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        MetricFormat.Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        _ => "application/json",
    };

    private static double WeightOf(string[] parts)
    {
        foreach (string part in parts.AsSpan(1))
        {
            if (!part.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) continue;
            return double.TryParse(part.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double weight)
                ? Math.Clamp(weight, 0, 1) : 0;
        }
        return 1;
    }
}
