using System.Text;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Metrics;

/// <summary>The text of metrics, character by character.</summary>
public sealed class MetricTextTests
{
    private static readonly MetricStatus Counter = new("multiexit.network.io", MetricType.Counter, "By", "Bytes \\ and\n\"more\".",
        [new MetricPoint(new Dictionary<string, string> { ["exit"] = "a\\b\"c\nd" }, 12)]);

    private static readonly MetricStatus Histogram = new("multiexit.session.duration", MetricType.Histogram, "s", "Durations.",
        [new MetricPoint(new Dictionary<string, string> { ["inbound"] = "web" }, 61.5)
        {
            Count = 3, Buckets = [new(0.5, 1), new(60, 2), new(null, 3)],
        }]);

    private static readonly MetricStatus Gauge =
        new("multiexit.exit.up", MetricType.Gauge, "{exit}", "Up.", [new MetricPoint(new Dictionary<string, string>(), 1)]);

    [Fact]
    public void OpenMetrics_has_units_family_names_and_an_end() => Assert.Equal(
        """
        # HELP multiexit_network_io_bytes Bytes \\ and\n\"more\".
        # TYPE multiexit_network_io_bytes counter
        # UNIT multiexit_network_io_bytes bytes
        multiexit_network_io_bytes_total{exit="a\\b\"c\nd"} 12
        # HELP multiexit_session_duration_seconds Durations.
        # TYPE multiexit_session_duration_seconds histogram
        # UNIT multiexit_session_duration_seconds seconds
        multiexit_session_duration_seconds_bucket{inbound="web",le="0.5"} 1
        multiexit_session_duration_seconds_bucket{inbound="web",le="60.0"} 2
        multiexit_session_duration_seconds_bucket{inbound="web",le="+Inf"} 3
        multiexit_session_duration_seconds_sum{inbound="web"} 61.5
        multiexit_session_duration_seconds_count{inbound="web"} 3
        # HELP multiexit_exit_up Up.
        # TYPE multiexit_exit_up gauge
        multiexit_exit_up 1
        # EOF

        """, Write(MetricFormat.OpenMetrics, Counter, Histogram, Gauge));

    [Fact]
    public void The_format_of_Prometheus_names_counters_whole_and_has_no_end() => Assert.Equal(
        """
        # HELP multiexit_network_io_bytes_total Bytes \\ and\n"more".
        # TYPE multiexit_network_io_bytes_total counter
        multiexit_network_io_bytes_total{exit="a\\b\"c\nd"} 12

        """, Write(MetricFormat.Prometheus, Counter));

    [Theory]
    [InlineData(null, "OpenMetrics")]
    [InlineData("*/*", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "OpenMetrics")]
    [InlineData("text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5", "Prometheus")]
    [InlineData("text/plain", "Prometheus")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "Prometheus")]
    [InlineData("APPLICATION/JSON", "Json")]
    [InlineData("application/json;q=0, text/plain;q=x, ;;,,", "OpenMetrics")]
    public void A_client_gets_the_form_that_it_likes_most(string? accept, string format) => Assert.Equal(format, MetricFormats.Of(accept).ToString());

    private static string Write(MetricFormat format, params MetricStatus[] metrics) => Encoding.UTF8.GetString(MetricText.Write(metrics, format));
}
