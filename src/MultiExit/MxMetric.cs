using System.Collections.Specialized;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A value of a metric of a server, as it was when the object was made.</summary>
public sealed class MxMetric
{
    internal MxMetric(RunningServer server, MetricStatus metric, MetricPoint point)
    {
        Server = server.Name;
        Socket = server.Socket;
        Name = metric.Name;
        PrometheusName = KnownMetrics.PrometheusName(metric);
        Type = metric.Type.ToString();
        Unit = metric.Unit;
        Description = metric.Description;
        foreach ((string label, string value) in point.Labels) Labels.Add(label, value);
        if (point.Buckets is not { } buckets)
        {
            Value = point.Value;
            return;
        }
        Count = point.Count;
        Sum = point.Value;
        Buckets = [.. buckets.Select(bucket => new MxMetricBucket(bucket.UpTo, bucket.Count))];
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The metric, <c>multiexit.session.live</c>.</summary>
    public string Name { get; }

    /// <summary>The name by which Prometheus knows it, <c>multiexit_session_live</c>; a histogram's values have more behind it.</summary>
    public string PrometheusName { get; }

    /// <summary>Counter, Gauge or Histogram.</summary>
    public string Type { get; }

    /// <summary>The unit: <c>s</c>, <c>By</c> (bytes), <c>1</c> for a ratio, a noun in braces for a number of things.</summary>
    public string Unit { get; }

    /// <summary>What it says.</summary>
    public string Description { get; }

    /// <summary>The labels, by their names.</summary>
    public OrderedDictionary Labels { get; } = new(StringComparer.Ordinal);

    /// <summary>The value; null for a histogram.</summary>
    public double? Value { get; }

    /// <summary>The number of measurements of a histogram; otherwise null.</summary>
    public long? Count { get; }

    /// <summary>The sum of the measurements of a histogram; otherwise null.</summary>
    public double? Sum { get; }

    /// <summary>The buckets of a histogram, smallest first; otherwise none.</summary>
    public MxMetricBucket[] Buckets { get; } = [];

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
