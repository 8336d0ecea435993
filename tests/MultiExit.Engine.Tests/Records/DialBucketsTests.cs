using MultiExit.Engine.Records.Traffic;

namespace MultiExit.Engine.Tests.Records;

/// <summary>The 95th percentile of dials, from buckets that can be added up.</summary>
public sealed class DialBucketsTests
{
    [Fact]
    public void No_dial_has_no_percentile() => Assert.Null(DialBuckets.Percentile95(new long[DialBuckets.Count]));

    [Theory]
    [InlineData(0.2, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1.01, 1, 2)]
    [InlineData(42, 30, 50)]
    [InlineData(49_999, 30_000, 50_000)]
    [InlineData(1e9, 50_000, 50_000)]
    public void A_time_is_known_by_the_bounds_of_its_bucket(double milliseconds, double least, double most)
    {
        long[] counts = new long[DialBuckets.Count];
        counts[DialBuckets.Of(milliseconds)] = 1000;
        Assert.InRange(DialBuckets.Percentile95(counts)!.Value, least, most);
    }

    [Fact]
    public void Merged_buckets_have_the_percentile_of_all_dials_together()
    {
        Random random = new(1);
        long[] merged = new long[DialBuckets.Count];
        List<double> all = [];
        for (int row = 0; row < 50; row++)
        {
            TrafficSum sum = new(), other = new();
            for (int i = 0; i < 100; i++)
            {
                double took = Math.Exp(random.NextDouble() * 7);
                all.Add(took);
                (i % 2 == 0 ? sum : other).Add(new TrafficDelta(1, 0, 0, 0, took));
            }
            sum.Add(other);
            for (int i = 0; i < merged.Length; i++) merged[i] += sum.Dials[i];
        }
        double exact = all.Order().ElementAt((int)(all.Count * 0.95));
        Assert.InRange(DialBuckets.Percentile95(merged)!.Value, exact * 0.9, exact * 1.1);
    }

    [Fact]
    public void Columns_are_named_by_the_greatest_value_in_them()
    {
        Assert.Equal(DialBuckets.Count, DialBuckets.Columns.Count);
        Assert.Equal("dial_1", DialBuckets.Columns[DialBuckets.Of(0.5)]);
        Assert.Equal("dial_150", DialBuckets.Columns[DialBuckets.Of(101)]);
        Assert.Equal("dial_more", DialBuckets.Columns[DialBuckets.Of(60_000)]);
    }
}
