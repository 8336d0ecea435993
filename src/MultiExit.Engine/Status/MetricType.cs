using System.Text.Json.Serialization;

namespace MultiExit.Engine.Status;

/// <summary>The kind of a metric.</summary>
public enum MetricType
{
    /// <summary>A sum since the start of the server; it never goes down.</summary>
    [JsonStringEnumMemberName("counter")]
    Counter,

    /// <summary>A value of this moment.</summary>
    [JsonStringEnumMemberName("gauge")]
    Gauge,

    /// <summary>How many measurements were in which range, since the start of the server.</summary>
    [JsonStringEnumMemberName("histogram")]
    Histogram,
}
