using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Host.Tests;

/// <summary>Where metrics are pushed to, by configuration and environment.</summary>
public sealed class OtlpSettingsTests
{
    [Theory]
    [InlineData("http://a:4318", OtlpProtocol.HttpProtobuf, "http://a:4318/v1/metrics")]
    [InlineData("https://a/otlp/", OtlpProtocol.HttpProtobuf, "https://a/otlp/v1/metrics")]
    [InlineData("http://a/v1/metrics", OtlpProtocol.HttpProtobuf, "http://a/v1/metrics")]
    [InlineData("http://a:4317", OtlpProtocol.Grpc, "http://a:4317/")]
    public void The_configuration_names_the_collector_or_the_whole_path(string endpoint, OtlpProtocol protocol, string expected)
    {
        OtlpConfig config = new(new Uri(endpoint)) { Protocol = protocol };
        Assert.Equal(expected, OtlpSettings.Of(config, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://b")))!.Endpoint.AbsoluteUri);
    }

    [Fact]
    public void Without_a_word_of_it_nothing_is_pushed()
    {
        Assert.Null(OtlpSettings.Of(null, Of()));
        Assert.Null(OtlpSettings.Of(null, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", ""))));
        Assert.Null(OtlpSettings.Of(null, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"), ("OTEL_SDK_DISABLED", "true"))));
        Assert.Null(OtlpSettings.Of(null, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"), ("OTEL_METRICS_EXPORTER", "none"))));
    }

    [Fact]
    public void The_environment_is_read_as_OpenTelemetry_says()
    {
        OtlpSettings all = OtlpSettings.Of(null, Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"), ("OTEL_METRIC_EXPORT_INTERVAL", "5000")))!;
        Assert.Equal(("http://a:4318/v1/metrics", OtlpProtocol.HttpProtobuf, 5), (all.Endpoint.AbsoluteUri, all.Protocol, (int)all.Interval.TotalSeconds));
        OtlpSettings own = OtlpSettings.Of(null, Of(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://b/in"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")))!;
        Assert.Equal(("http://b/in", OtlpProtocol.Grpc, 60), (own.Endpoint.AbsoluteUri, own.Protocol, (int)own.Interval.TotalSeconds));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0")]
    public void A_variable_that_is_not_understood_is_named(string name, string value)
    {
        Dictionary<string, string> environment = new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://a", [name] = value };
        Assert.Contains(name, Assert.Throws<FormatException>(() => OtlpSettings.Of(null, environment.GetValueOrDefault)).Message, StringComparison.Ordinal);
    }

    private static Func<string, string?> Of(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
