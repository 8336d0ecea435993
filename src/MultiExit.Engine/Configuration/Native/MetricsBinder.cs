using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>metrics</c>.</summary>
internal static class MetricsBinder
{
    private const string Collector = "the URL of a collector, http or https, such as \"http://127.0.0.1:4318\"";

    /// <summary>Reads it.</summary>
    /// <param name="root">The document.</param>
    /// <param name="listeners">The listeners of the inbounds, with which its own must not collide.</param>
    public static MetricsConfig Read(MapReader root, ListenTable listeners)
    {
        MetricsConfig defaults = new();
        if (root.Map("metrics", "metrics") is not { } reader) return defaults;
        MetricsConfig metrics = new()
        {
            Listen = listeners.Read(reader, reader.Take("listen")),
            PerUser = reader.Flag("per_user") ?? defaults.PerUser,
            MaxUsers = reader.Integer(MetricsConfig.MaxUsersRange) ?? defaults.MaxUsers,
            Otlp = ReadOtlp(reader),
        };
        reader.Finish();
        return metrics;
    }

    private static OtlpConfig? ReadOtlp(MapReader metrics)
    {
        if (metrics.Map("otlp", "metrics.otlp") is not { } reader) return null;
        Uri? endpoint = reader.Require("endpoint", Collector) is { } node ? ReadEndpoint(reader, node) : null;
        TimeSpan interval = reader.Duration(OtlpConfig.IntervalRange) ?? OtlpConfig.DefaultInterval;
        string? protocol = reader.Choice("protocol", "http/protobuf", "grpc");
        reader.Finish();
        return endpoint is null ? null : new OtlpConfig(endpoint)
        {
            Interval = interval, Protocol = protocol == "grpc" ? OtlpProtocol.Grpc : OtlpProtocol.HttpProtobuf,
        };
    }

    private static Uri? ReadEndpoint(MapReader reader, ConfigNode node)
    {
        if (reader.Context.Values.Text(node, Collector) is not { } text) return null;
        if (DohUrl.TryParse(text, out Uri? url, mayBePlain: true)) return url;
        // It may hold a password.
        reader.Context.Values.Expect(node, Collector, mayBeSecret: true);
        return null;
    }
}
