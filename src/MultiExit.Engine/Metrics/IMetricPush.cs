using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Metrics;

/// <summary>Pushes the metrics of a server to a collector: a part of the host, which has the libraries for it. It listens to the meter
/// <c>MultiExit</c>.</summary>
public interface IMetricPush
{
    /// <summary>Another configuration is in force. Returns at once, and throws nothing.</summary>
    /// <param name="settings">Where to; null: the configuration does not say.</param>
    /// <param name="report">Takes why metrics were not pushed, in words; null: they were.</param>
    void Use(OtlpConfig? settings, Action<string?> report);
}
