using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace MultiExit.Host;

/// <summary>OpenTelemetry's exporter, which says whether the collector took what was sent.</summary>
internal sealed class ReportingExporter(OtlpExporterOptions options, Uri endpoint, Action<string?> report) : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics)
    {
        ExportResult result = base.Export(metrics);
        report(result == ExportResult.Success ? null : $"the collector {endpoint.GetLeftPart(UriPartial.Path)} does not take them");
        return result;
    }
}
