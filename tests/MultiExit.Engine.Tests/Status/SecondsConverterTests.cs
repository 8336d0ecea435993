using System.Text.Json;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Status;

/// <summary>Durations over the control socket.</summary>
public sealed class SecondsConverterTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new SecondsConverter() } };

    [Theory]
    [InlineData(0, "0")]
    [InlineData(2576, "0.0002576")]
    [InlineData(2577, "0.0002577")]
    [InlineData(-10_000_000, "-1")]
    [InlineData(long.MaxValue, "922337203685.4775807")]
    public void Every_tick_comes_back(long ticks, string text)
    {
        Assert.Equal(text, JsonSerializer.Serialize(TimeSpan.FromTicks(ticks), Options));
        Assert.Equal(ticks, JsonSerializer.Deserialize<TimeSpan>(text, Options).Ticks);
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("1e20")]
    [InlineData("\"1\"")]
    public void What_is_no_duration_is_an_error(string text) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TimeSpan>(text, Options));
}
