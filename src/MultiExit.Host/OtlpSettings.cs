using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Host;

/// <summary>Where metrics are pushed to: by the configuration, else by OpenTelemetry's environment variables.</summary>
/// <param name="Endpoint">The URL that metrics are sent to, whole.</param>
/// <param name="Protocol">How.</param>
/// <param name="Interval">How often.</param>
internal sealed record OtlpSettings(Uri Endpoint, OtlpProtocol Protocol, TimeSpan Interval)
{
    private const string Path = "/v1/metrics";

    /// <summary>Reads them.</summary>
    /// <param name="config">The configuration; null: it has nothing of it.</param>
    /// <param name="environment">A variable of the environment; null: it is not set.</param>
    /// <returns>Null where nothing is to be pushed.</returns>
    /// <exception cref="FormatException">A variable cannot be understood.</exception>
    public static OtlpSettings? Of(OtlpConfig? config, Func<string, string?> environment)
    {
        if (config is not null) return new OtlpSettings(Whole(config.Endpoint, config.Protocol), config.Protocol, config.Interval);
        if (Read("OTEL_SDK_DISABLED") is { } off && bool.TryParse(off, out bool isOff) && isOff) return null;
        if (Read("OTEL_METRICS_EXPORTER") is { } exporter && !exporter.Split(',').Contains("otlp", StringComparer.Ordinal)) return null;
        string? own = Read("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        if ((own ?? Read("OTEL_EXPORTER_OTLP_ENDPOINT")) is not { } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new FormatException("the endpoint of OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is no http or https URL");
        OtlpProtocol protocol = (Read("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL") ?? Read("OTEL_EXPORTER_OTLP_PROTOCOL")) switch
        {
            null or "http/protobuf" => OtlpProtocol.HttpProtobuf,
            "grpc" => OtlpProtocol.Grpc,
            _ => throw new FormatException("OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf or grpc"),
        };
        // That of metrics alone is taken as it is, the one of all signals has a path for each (OpenTelemetry, "Protocol Exporter").
        return new OtlpSettings(own is null ? Whole(endpoint, protocol) : endpoint, protocol, Interval());

        string? Read(string name) => environment(name) is { Length: > 0 } value ? value : null;

        TimeSpan Interval() => Read("OTEL_METRIC_EXPORT_INTERVAL") is not { } value ? TimeSpan.FromMinutes(1)
            : int.TryParse(value, out int ms) && ms > 0 ? TimeSpan.FromMilliseconds(ms)
            : throw new FormatException("OTEL_METRIC_EXPORT_INTERVAL: expected milliseconds");
    }

    private static Uri Whole(Uri endpoint, OtlpProtocol protocol)
    {
        if (protocol == OtlpProtocol.Grpc || endpoint.AbsolutePath.EndsWith(Path, StringComparison.Ordinal)) return endpoint;
        return new UriBuilder(endpoint) { Path = endpoint.AbsolutePath.TrimEnd('/') + Path }.Uri;
    }
}
