namespace MultiExit.Engine.Metrics;

/// <summary>How metrics are written.</summary>
internal enum MetricFormat
{
    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,

    /// <summary>The text format of Prometheus, 0.0.4.</summary>
    Prometheus,

    /// <summary>JSON, for clients of this product.</summary>
    Json,
}
