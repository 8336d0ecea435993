using System.Diagnostics.Metrics;
using System.Globalization;
using MultiExit.Engine.Metrics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Metrics;

/// <summary>The instruments of a server and their sums.</summary>
public sealed class ServerMetricsTests
{
    [Fact]
    public void A_bucket_has_the_values_up_to_its_bound_and_those_below()
    {
        using ServerMetrics metrics = Create();
        foreach (double seconds in new[] { 0.05, 0.1, 0.4, 100_000 }) metrics.SessionEnded("web", "a", SessionOutcome.Ok, TimeSpan.FromSeconds(seconds));
        MetricPoint point = Assert.Single(Find(metrics, MetricCatalog.SessionDuration).Points);
        Assert.Equal((4L, 100_000.55), (point.Count, Math.Round(point.Value, 3)));
        Assert.Equal([(0.1, 2L), (0.5, 3L)], point.Buckets!.Take(2).Select(bucket => (bucket.UpTo!.Value, bucket.Count)));
        Assert.Equal((null, 4L), (point.Buckets![^1].UpTo, point.Buckets[^1].Count));
        Assert.Equal(3, point.Buckets[^2].Count);
    }

    [Fact]
    public void A_label_without_a_value_is_absent()
    {
        using ServerMetrics metrics = Create();
        metrics.SessionEnded("web", null, SessionOutcome.NotAllowed, TimeSpan.Zero);
        MetricPoint point = Assert.Single(Find(metrics, MetricCatalog.SessionsEnded).Points);
        Assert.Equal(["outcome=NotAllowed"], point.Labels.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Fact]
    public void Label_sets_without_end_are_counted_as_one()
    {
        using ServerMetrics metrics = Create();
        for (int i = 0; i < InstrumentValues.MaxLabelSets + 7; i++)
            metrics.SessionEnded("web", i.ToString(CultureInfo.InvariantCulture), SessionOutcome.Ok, TimeSpan.Zero);
        MetricStatus ended = Find(metrics, MetricCatalog.SessionsEnded);
        Assert.Equal(InstrumentValues.MaxLabelSets + 1, ended.Points.Count);
        Assert.Equal(7, Assert.Single(ended.Points, point => point.Labels.ContainsKey("overflow")).Value);
    }

    [Fact]
    public void What_a_reading_throws_is_told_and_the_others_are_read()
    {
        List<Exception> failures = [];
        using ServerMetrics metrics = new("a", "1", failures.Add);
        metrics.Observe(MetricCatalog.ConnectionsLive, new Func<double?>(() => throw new InvalidOperationException("x")));
        metrics.Observe(MetricCatalog.ClientsLocked, () => 4);
        Assert.Equal(["multiexit.client.locked"], metrics.Collect().Select(metric => metric.Name));
        Assert.Equal("x", Assert.Single(failures).Message);
    }

    [Fact]
    public void Servers_of_one_process_do_not_mix()
    {
        using ServerMetrics one = Create(), other = Create();
        one.Dialed("a", SessionOutcome.Ok, TimeSpan.FromMilliseconds(3));
        Assert.Single(one.Collect());
        Assert.Empty(other.Collect());
    }

    [Fact]
    public void Anything_in_the_process_can_listen_to_the_meter_and_sees_which_server_it_is()
    {
        List<string> seen = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "MultiExit" && instrument.Meter.Tags?.Any(tag => Equals(tag.Value, "of-this-test")) == true)
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
            seen.Add(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value} {instrument.Unit}")));
        listener.Start();
        using ServerMetrics metrics = new("of-this-test", "1", _ => { });
        metrics.Dialed("a", SessionOutcome.Ok, TimeSpan.FromSeconds(2));
        Assert.Equal(["multiexit.exit.dial.duration 2 s"], seen);
    }

    [Fact]
    public void A_user_keeps_its_place_and_the_others_share_one()
    {
        UserLabels labels = new();
        Assert.Equal(["a", "b", "other", "a"], new[] { "a", "b", "c", "a" }.Select(user => labels.Of(user, 2)));
        Assert.Equal("d", labels.Of("d", 3));
        Assert.Equal("other", labels.Of("c", 10));
        Assert.Equal("b", labels.Of("b", 1));
    }

    [Fact]
    public void Every_metric_has_a_name_of_its_own_that_begins_with_the_product()
    {
        Assert.All(MetricCatalog.All, metric => Assert.StartsWith("multiexit.", metric.Name, StringComparison.Ordinal));
        Assert.Equal(MetricCatalog.All.Count, MetricCatalog.All.Select(metric => MetricNames.FamilyOf(metric.Name, metric.Unit)).Distinct().Count());
        MetricDefinition[] declared = [.. typeof(MetricCatalog).GetFields().Select(field => field.GetValue(null)).OfType<MetricDefinition>()];
        Assert.Equal(Names(declared), Names(MetricCatalog.All));
    }

    private static IEnumerable<string> Names(IEnumerable<MetricDefinition> metrics) => metrics.Select(metric => metric.Name).Order(StringComparer.Ordinal);

    private static ServerMetrics Create() => new("a", "1", exception => Assert.Fail(exception.ToString()));

    private static MetricStatus Find(ServerMetrics metrics, MetricDefinition definition) => metrics.Collect().Single(metric => metric.Name == definition.Name);
}
