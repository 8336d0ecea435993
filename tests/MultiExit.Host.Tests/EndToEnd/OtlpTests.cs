using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The push of metrics by OTLP, to a collector of the test.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task The_configuration_says_where_metrics_are_pushed_to()
    {
        using OtlpCollector collector = new();
        using TemporaryFolder folder = new();
        string config = await WriteAsync(folder, $"metrics: {{ otlp: {{ endpoint: \"{collector.Url}\", interval: 1s }} }}");
        using EchoServer target = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", config);
        await collector.WithAsync("multiexit.exit.up"); // dials from before the first push are not in it
        using Socket session = await SocksClient.ConnectAsync(proxy.Port, target.EndPoint);
        await SocksClient.EchoAsync(session);
        (string request, string contentType, string body) = await collector.WithAsync("multiexit.network.io");
        Assert.Equal(("POST /v1/metrics", "application/x-protobuf"), (request, contentType));
        string[] texts = ["multiexit.exit.dial.duration", "multiexit.session.live", "multiexit.exit.up", "MultiExit", "service.name", "edge-7"];
        foreach (string text in texts)
            Assert.Contains(text, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_says_it_where_the_configuration_does_not()
    {
        using OtlpCollector collector = new();
        using TemporaryFolder folder = new();
        Dictionary<string, string> environment = new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url, ["OTEL_METRIC_EXPORT_INTERVAL"] = "200", ["OTEL_SERVICE_NAME"] = "our-edge",
        };
        using ProxyHost proxy = await ProxyHost.StartWithEnvironmentAsync(environment, "--config", await WriteAsync(folder, ""));
        Assert.Contains("our-edge", (await collector.WithAsync("multiexit.exit.up")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_away_is_told_once_and_a_reload_moves_the_push()
    {
        using TemporaryFolder folder = new();
        using ClosedPort away = new();
        using OtlpCollector collector = new();
        string config = await WriteAsync(folder, $"metrics: {{ otlp: {{ endpoint: \"http://{away.EndPoint}\", interval: 1s }} }}");
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", config, "--watch");
        Assert.Contains("metrics are not pushed", await proxy.LogLineAsync("MX1082"), StringComparison.Ordinal);
        await WriteAsync(folder, $"metrics: {{ otlp: {{ endpoint: \"{collector.Url}\", interval: 1s }} }}");
        await collector.WithAsync("multiexit.exit.up");
        await proxy.LogLineAsync("MX1021");
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder, string more)
    {
        string path = Path.Combine(folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(path, $"name: edge-7\ninbounds: [{{ name: in, type: socks5, listen: \"127.0.0.1:0\" }}]\n{more}\n");
        return path;
    }
}
