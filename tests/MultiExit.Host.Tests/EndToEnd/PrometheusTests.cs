using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Metrics, dashboard and alert rules, against a real Prometheus.</summary>
public sealed class PrometheusTests
{
    private static readonly string Monitoring = Path.Combine(HostProcess.RepositoryRoot, "module", "monitoring");

    [RequiresFact(ExternalTool.Prometheus)]
    public async Task The_alert_rules_are_in_order()
    {
        (int exitCode, string output) = await PromtoolAsync("", "check", "rules", Support.Prometheus.Rules);
        Assert.True(exitCode == 0, output);
    }

    // One series of what each rule is about, and beside it one that is in order.
    [RequiresFact(ExternalTool.Prometheus)]
    public async Task Each_alert_fires_for_its_trouble_alone()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "test.yml");
        await File.WriteAllTextAsync(file, $$"""
            rule_files: ["{{Support.Prometheus.Rules}}"]
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - { series: 'up{job="multiexit",instance="a"}', values: '0x90' }
                  - { series: 'up{job="multiexit",instance="b"}', values: '1x90' }
                  - { series: 'multiexit_exit_up{instance="b",exit="bad"}', values: '0x90' }
                  - { series: 'multiexit_exit_enabled{instance="b",exit="bad"}', values: '1x90' }
                  - { series: 'multiexit_exit_up{instance="b",exit="off"}', values: '0x90' }
                  - { series: 'multiexit_exit_enabled{instance="b",exit="off"}', values: '0x90' }
                  - { series: 'multiexit_session_ended_total{instance="b",exit="bad",outcome="TimedOut"}', values: '0+60x90' }
                  - { series: 'multiexit_session_ended_total{instance="b",exit="bad",outcome="ok"}', values: '0+60x90' }
                  - { series: 'multiexit_session_ended_total{instance="b",exit="good",outcome="ok"}', values: '0+60x90' }
                  - { series: 'multiexit_session_ended_total{instance="b",exit="good",outcome="NotAllowed"}', values: '0+60x90' }
                  - { series: 'multiexit_quota_user{instance="b",state="over"}', values: '2x90' }
                  - { series: 'multiexit_quota_user{instance="b",state="ok"}', values: '7x90' }
                  - { series: 'multiexit_certificate_left_seconds{instance="b",inbound="old"}', values: '86400x90' }
                  - { series: 'multiexit_certificate_left_seconds{instance="b",inbound="new"}', values: '8640000x90' }
                  - { series: 'multiexit_descriptor_used{instance="b"}', values: '900x90' }
                  - { series: 'multiexit_descriptor_limit{instance="b"}', values: '1000x90' }
                  - { series: 'multiexit_exit_port_free{instance="b",exit="bad"}', values: '5x90' }
                  - { series: 'multiexit_exit_port_free{instance="b",exit="good"}', values: '28000x90' }
                  - { series: 'multiexit_store_failing{instance="b"}', values: '0x90' }
                  - { series: 'multiexit_log_dropped_total{instance="b"}', values: '0+1x90' }
                  - { series: 'multiexit_config_refused{instance="b"}', values: '1x90' }
                promql_expr_test:
                  - expr: 'count by (alertname, instance, exit, inbound, state) (ALERTS{alertstate="firing"})'
                    eval_time: 80m
                    exp_samples:
                      - { labels: '{alertname="MultiExitServerAbsent",instance="a"}', value: 1 }
                      - { labels: '{alertname="MultiExitExitDown",instance="b",exit="bad"}', value: 1 }
                      - { labels: '{alertname="MultiExitSessionsFail",instance="b",exit="bad"}', value: 1 }
                      - { labels: '{alertname="MultiExitQuotaNear",instance="b",state="over"}', value: 1 }
                      - { labels: '{alertname="MultiExitCertificateExpires",instance="b",inbound="old"}', value: 1 }
                      - { labels: '{alertname="MultiExitDescriptorsLow",instance="b"}', value: 1 }
                      - { labels: '{alertname="MultiExitPortsLow",instance="b",exit="bad"}', value: 1 }
                      - { labels: '{alertname="MultiExitStoreFails",instance="b"}', value: 1 }
                      - { labels: '{alertname="MultiExitConfigRefused",instance="b"}', value: 1 }
            """);
        (int exitCode, string output) = await PromtoolAsync("", "test", "rules", file);
        Assert.True(exitCode == 0, output);
    }

    [RequiresFact(ExternalTool.Prometheus)]
    public async Task The_text_of_the_metrics_listener_is_in_order()
    {
        using Scraped server = await Scraped.StartAsync();
        await server.UseAsync();
        using HttpClient http = new();
        http.DefaultRequestHeaders.Add("Accept", "text/plain");
        string text = await http.GetStringAsync(new Uri($"http://{server.Metrics}/metrics"));
        Assert.Contains("multiexit_network_io_bytes_total{inbound=\"in\",exit=\"direct\",direction=\"up\"}", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')),
            line => Assert.StartsWith("multiexit_", line, StringComparison.Ordinal));
        (int exitCode, string output) = await PromtoolAsync(text, "check", "metrics");
        Assert.True(exitCode == 0, output);
    }

    [RequiresFact(ExternalTool.Prometheus)]
    public async Task Every_query_of_the_dashboard_finds_something_and_every_rule_can_be_evaluated()
    {
        using Scraped server = await Scraped.StartAsync();
        using Support.Prometheus prometheus = await Support.Prometheus.StartAsync(server.Metrics);
        await prometheus.FindAsync("up{job=\"multiexit\"} == 1");
        using Socket session = await SocksClient.ConnectAsync(server.Port, server.Target);
        await server.UseAsync();
        await prometheus.FindAsync("multiexit_client_refused_total > 0");
        // Increases need a second scrape, behind more of the same.
        await server.UseAsync();
        await SocksClient.EchoAsync(session);
        await prometheus.FindAsync("sum(rate(multiexit_session_ended_total[1m])) > 0");
        foreach (string query in Queries()) Assert.NotEmpty(await prometheus.FindAsync(query));

        IReadOnlyDictionary<string, (string State, string Health)> rules = await prometheus.RulesAsync();
        Assert.Equal(9, rules.Count);
        Assert.All(rules, rule => Assert.True(rule.Value.Health == "ok", rule.Key));
        // The tunnel of this server leads nowhere.
        await prometheus.FindAsync("ALERTS{alertname=\"MultiExitExitDown\",exit=\"nowhere\"}");
        // A scrape that came too late on a busy machine makes it wait for more of them, until the next one.
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(100));
        using CancellationTokenSource limit = new(HostProcess.Limit);
        while ((await prometheus.RulesAsync())["MultiExitServerAbsent"].State != "inactive") await poll.WaitForNextTickAsync(limit.Token);
    }

    [RequiresFact(ExternalTool.Prometheus)]
    public async Task Bytes_move_in_Prometheus_while_a_session_is_open()
    {
        using Scraped server = await Scraped.StartAsync();
        using Support.Prometheus prometheus = await Support.Prometheus.StartAsync(server.Metrics);
        using Socket session = await SocksClient.ConnectAsync(server.Port, server.Target);
        for (int bytes = 1; bytes <= 3; bytes++)
        {
            await SocksClient.EchoAsync(session);
            await prometheus.FindAsync(string.Create(CultureInfo.InvariantCulture,
                $"multiexit_network_io_bytes_total{{exit=\"direct\",direction=\"down\"}} == {bytes} and on () multiexit_session_live{{inbound=\"in\"}} == 1"));
        }
    }

    private static IEnumerable<string> Queries()
    {
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Monitoring, "multiexit.json")));
        foreach (JsonElement panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            foreach (JsonElement target in panel.GetProperty("targets").EnumerateArray())
            {
                yield return target.GetProperty("expr").GetString()!
                    .Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);
            }
        }
    }

    private static async Task<(int ExitCode, string Output)> PromtoolAsync(string input, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo("promtool", args)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(HostProcess.Limit);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>A server that has all that the dashboard shows.</summary>
    private sealed class Scraped : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly EchoServer _target = new();
        private readonly ClosedPort _closed = new();
        private ProxyHost? _host;

        public string Metrics { get; private set; } = "";

        public int Port => _host!.Port;

        public IPEndPoint Target => _target.EndPoint;

        public static async Task<Scraped> StartAsync()
        {
            Scraped server = new();
            string config = Path.Combine(server._folder.Path, "edge.yaml");
            await File.WriteAllTextAsync(config, $$"""
                name: edge
                inbounds:
                  - { name: in, type: socks5, listen: "127.0.0.1:0" }
                  - { name: safe, type: socks5, listen: "127.0.0.1:0", tls: { self_signed: true }, users: { alice: { password: wonderland } } }
                exits:
                  - { name: nowhere, type: tunnel, server: "{{server._closed.EndPoint}}", key: "m1nD-the.gap,between 2 trains" }
                limits: { usage_file: usage.json, quota_per_user: 1GB }
                metrics: { listen: "127.0.0.1:0", per_user: true }
                """);
            server._host = await ProxyHost.StartAsync("--config", config);
            string line = await server._host.LogLineAsync("MX1080");
            server.Metrics = line[(line.IndexOf("http://", StringComparison.Ordinal) + 7)..line.IndexOf("/metrics", StringComparison.Ordinal)];
            return server;
        }

        /// <summary>A session that ends well, one whose target is not there, and a client that is no client.</summary>
        public async Task UseAsync()
        {
            using (Socket session = await SocksClient.ConnectAsync(Port, Target)) await SocksClient.EchoAsync(session);
            await Assert.ThrowsAnyAsync<Exception>(() => SocksClient.ConnectAsync(Port, _closed.EndPoint));
            using CancellationTokenSource limit = new(HostProcess.Limit);
            using Socket garbage = new(SocketType.Stream, ProtocolType.Tcp);
            await garbage.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
            await garbage.SendAsync(Encoding.ASCII.GetBytes("zzzz"), limit.Token);
            while (await garbage.ReceiveAsync(new byte[64], limit.Token) > 0)
            {
            }
        }

        public void Dispose()
        {
            _host?.Dispose();
            _target.Dispose();
            _closed.Dispose();
            _folder.Dispose();
        }
    }
}
