using System.Management.Automation;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxMetric: what running servers measure.</summary>
[Cmdlet(VerbsCommon.Get, "MxMetric")]
[OutputType(typeof(MxMetric))]
public sealed class GetMxMetricCommand : ServerCommand
{
    /// <summary>The metrics.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(MetricNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The servers' names.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        NamePattern[] names = Wanted(Name);
        HashSet<string> found = new(KnownMetrics.All.Select(known => known.Name), StringComparer.OrdinalIgnoreCase);
        AskServers(Wanted(Server), (server, token) => server.Control.GetMetricsAsync(token), (server, metrics) =>
        {
            foreach (MetricStatus metric in metrics)
            {
                string other = KnownMetrics.PrometheusName(metric);
                if (!names.Any(name => name.IsMatch(metric.Name) || name.IsMatch(other))) continue;
                found.Add(metric.Name);
                found.Add(other);
                foreach (MetricPoint point in metric.Points) WriteObject(new MxMetric(server, metric, point));
            }
        });
        // A metric that has no value now is no fault.
        foreach (NamePattern name in names.Where(name => !name.IsWildcard && !found.Contains(name.Unescaped)))
        {
            WriteError(NewError("MetricNotFound", ErrorCategory.ObjectNotFound, name.Text,
                $"There is no metric named '{name.Text}' on the running servers asked for; docs/metrics.md lists them.{name.Hint}"));
        }
    }
}
