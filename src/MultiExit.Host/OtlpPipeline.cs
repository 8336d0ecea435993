using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace MultiExit.Host;

/// <summary>A push of metrics that runs: the meter of the server, read at an interval and sent by OpenTelemetry's exporter.</summary>
internal sealed class OtlpPipeline : IDisposable
{
    // As many combinations of labels as the server itself keeps apart.
    private const int MaxLabelSets = 10_000;

    // How long the last metrics may take to be sent.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly MeterProvider _provider;

    public OtlpPipeline(OtlpSettings settings, Func<string, string?> environment, Action<string?> report)
    {
        // Headers, time-out and certificates come from the environment.
        OtlpExporterOptions options = new()
        {
            Endpoint = settings.Endpoint,
            Protocol = settings.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        };
        if (environment("OTEL_EXPORTER_OTLP_METRICS_HEADERS") is { Length: > 0 } headers) options.Headers = headers;
        if (int.TryParse(environment("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out int timeout))
            options.TimeoutMilliseconds = timeout;
        options.HttpClientFactory = () => OtlpHttp.Create(TimeSpan.FromMilliseconds(options.TimeoutMilliseconds), environment);
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService("multiexit", serviceVersion: VersionCommand.Version)
                .AddEnvironmentVariableDetector())
            .AddMeter("MultiExit")
            .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = MaxLabelSets })
            .AddReader(new PeriodicExportingMetricReader(
                new ReportingExporter(options, settings.Endpoint, report), (int)settings.Interval.TotalMilliseconds, options.TimeoutMilliseconds))
            .Build();
    }

    public void Dispose()
    {
        _provider.Shutdown((int)Goodbye.TotalMilliseconds);
        _provider.Dispose();
    }
}
