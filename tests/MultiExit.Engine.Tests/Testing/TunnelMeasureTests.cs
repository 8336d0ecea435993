using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Probing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Testing;

public sealed class TunnelMeasureTests
{
    private const int MostBytes = 4_000_000;

    [Fact]
    public async Task With_its_own_target_it_counts_what_arrives_in_both_directions_and_takes_times()
    {
        TunnelMeasureResult result = await RunAsync(new() { Through = "direct", MaxBytes = MostBytes, Parallel = 2, Duration = TestTransports.Patience });
        Assert.Equal("direct", result.Through);
        Assert.StartsWith("own://127.0.0.1:", result.Target, StringComparison.Ordinal);
        Assert.InRange(result.Up!.Value.Bytes, MostBytes, MostBytes + (1 << 20));
        Assert.InRange(result.Down!.Value.Bytes, MostBytes, MostBytes + (1 << 20));
        Assert.True(result.Up.Value.PerSecond > 0 && result.Down.Value.PerSecond > 0);
        Assert.NotEmpty(result.Connects);
        Assert.NotEmpty(result.RoundTrips);
        Assert.Equal(result.RoundTrips.Order(), result.RoundTrips);
        Assert.Equal((0, null), (result.Failed, result.LastFailure));
    }

    [Fact]
    public async Task An_echo_is_both_directions_in_one()
    {
        await using EchoTarget echo = new();
        Assert.True(MeasureTarget.TryParse(echo.EndPoint.ToString(), out MeasureTarget? target));
        TunnelMeasureResult result = await RunAsync(new() { Through = "direct", Target = target, MaxBytes = MostBytes, Duration = TestTransports.Patience });
        Assert.True(result.Up!.Value.Bytes >= MostBytes);
        Assert.Equal(result.Up, result.Down);
        Assert.NotEmpty(result.RoundTrips);
    }

    [Fact]
    public async Task A_target_that_refuses_is_no_measurement()
    {
        Assert.True(MeasureTarget.TryParse("127.0.0.1:1", out MeasureTarget? target));
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => RunAsync(new() { Through = "direct", Target = target }));
        Assert.Equal(ProxyError.MeasurementFailed, failure.Reason);
        Assert.Contains("127.0.0.1:1 is not reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_no_measurement()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        Assert.True(MeasureTarget.TryParse(silent.LocalEndpoint.ToString()!, out MeasureTarget? target));
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => RunAsync(new()
        {
            Through = "direct", Target = target, ConnectTimeout = TimeSpan.FromSeconds(3), Duration = TimeSpan.FromSeconds(1),
        }));
        Assert.Contains("no answer in time", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_ends_it_at_once()
    {
        using CancellationTokenSource stop = new();
        MeasureProgress progress = new();
        Task<TunnelMeasureResult> running = TunnelMeasure.RunAsync(
            new() { Through = "direct", Duration = TimeSpan.FromMinutes(5) }, progress, stop.Token);
        await Wait.UntilAsync(() => progress.Left < TimeSpan.FromMinutes(5));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task The_own_target_serves_nobody_without_its_token()
    {
        await using PortableTransport transport = new();
        await using OwnTarget target = new(transport, IPAddress.Loopback);
        using TcpClient client = new();
        await client.ConnectAsync(target.Destination.ToEndPoint()!);
        byte[] wrong = target.Opening(OwnTarget.Give);
        wrong[0] ^= 1;
        await client.GetStream().WriteAsync(wrong);
        Exception? end = await Record.ExceptionAsync(async () => Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1])));
        Assert.True(end is null or IOException);
        Assert.Equal(0, target.Taken);
    }

    [Theory]
    [InlineData("10.0.0.5:7", "echo://10.0.0.5:7")]
    [InlineData("discard://h:9", "discard://h:9")]
    [InlineData("http://h/a?b", "http://h:80/a?b")]
    [InlineData("http://[::1]:81", "http://[::1]:81/")]
    public void Targets_are_read(string text, string expected)
    {
        Assert.True(MeasureTarget.TryParse(text, out MeasureTarget? target));
        Assert.Equal(expected, target.ToString());
    }

    [Theory]
    [InlineData("h")]
    [InlineData("echo://h")]
    [InlineData("https://h/")]
    [InlineData("http://h/a\r\nX: y")]
    [InlineData("h:0")]
    public void What_is_no_target_is_refused(string text) => Assert.False(MeasureTarget.TryParse(text, out _));

    private static Task<TunnelMeasureResult> RunAsync(TunnelMeasureRequest request) =>
        TunnelMeasure.RunAsync(request, new MeasureProgress()).WaitAsync(2 * TestTransports.Patience);
}
