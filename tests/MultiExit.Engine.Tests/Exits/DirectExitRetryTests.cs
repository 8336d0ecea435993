using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Exits;

public sealed class DirectExitRetryTests
{
    private static readonly Destination Target = Destination.FromAddress(IPAddress.Parse("192.0.2.1"), 80);

    [Fact]
    public async Task A_target_that_refuses_is_tried_again()
    {
        FakeTransport transport = new();
        transport.To("192.0.2.1").Fail(SocketError.ConnectionRefused);
        // 0.15 to 0.3 s in all.
        DialResult result = await Exit(transport, TimeProvider.System, retries: 2).DialAsync(Target, new DialContext(), default)
            .AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(DialFailure.ConnectionRefused, result.Failure);
        Assert.Equal(3, transport.Order.Count);
    }

    [Fact]
    public async Task What_time_does_not_change_is_not_tried_again()
    {
        FakeTransport transport = new();
        transport.To("192.0.2.1").Fail(SocketError.AccessDenied);
        DialResult result = await Exit(transport, TimeProvider.System, retries: 100).DialAsync(Target, new DialContext(), default);
        Assert.Equal((DialFailure.NotAllowed, 1), (result.Failure, transport.Order.Count));
    }

    [Fact]
    public async Task The_time_out_is_that_of_the_whole_dial()
    {
        ManualTimeProvider time = new();
        FakeTransport transport = new();
        transport.To("192.0.2.1").Fail(SocketError.ConnectionRefused);
        Task<DialResult> dial = Exit(transport, time, retries: 100).DialAsync(Target, new DialContext(), default).AsTask();
        TimeSpan waited = TimeSpan.Zero;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            await time.WaitForTimersAsync(2); // the time-out and the pause
            TimeSpan pause = TimeSpan.FromMilliseconds(100 * Math.Pow(2, attempt));
            time.Advance(pause);
            waited += pause;
        }
        await time.WaitForTimersAsync(2);
        time.Advance(TimeSpan.FromSeconds(10) - waited);
        DialResult result = await dial.WaitAsync(TestTransports.Patience);
        Assert.Equal((DialFailure.ConnectionRefused, "direct"), (result.Failure, result.Exit?.Name));
        Assert.InRange(transport.Order.Count, 6, 8);
    }

    private static DirectExit Exit(FakeTransport transport, TimeProvider time, int retries) => new(
        new DirectExitConfig { Name = "direct", Retries = retries }, transport, new FakeResolver(), AddressPreference.Ipv6, TimeSpan.FromSeconds(10), time);
}
