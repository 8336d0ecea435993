using System.Collections;
using MultiExit.Engine.Metrics;

namespace MultiExit;

/// <summary>Completes the names of metrics.</summary>
public sealed class MetricNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) => KnownMetrics.All;
}
