using System.Diagnostics;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed class SystemdNotifierTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_state_is_sent_over_both_kinds_of_socket(bool isAbstract)
    {
        using var socket = new NotifySocket(isAbstract);
        using var notifier = new SystemdNotifier(socket.Address);
        notifier.Ready("listening");
        notifier.Stopping();

        Assert.Equal("READY=1\nSTATUS=listening", await socket.ReceiveAsync());
        Assert.Equal("STOPPING=1", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task A_reload_carries_the_monotonic_clock()
    {
        using var socket = new NotifySocket(isAbstract: true);
        using var notifier = new SystemdNotifier(socket.Address);
        notifier.Reloading();

        string[] lines = (await socket.ReceiveAsync()).Split('\n');
        Assert.Equal("RELOADING=1", lines[0]);
        string uptime = (await File.ReadAllTextAsync("/proc/uptime")).Split('.')[0];
        long seconds = long.Parse(lines[1]["MONOTONIC_USEC=".Length..]) / 1_000_000;
        // Uptime counts suspended time too, so the clock may be behind it, never ahead.
        Assert.InRange(seconds, 0, long.Parse(uptime) + 1);
        Assert.InRange(seconds, (Stopwatch.GetTimestamp() / Stopwatch.Frequency) - 5, long.MaxValue);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nowhere/notify.socket")]
    public void The_notifier_is_silent_when_nothing_listens(string? address)
    {
        using var notifier = new SystemdNotifier(address);
        notifier.Ready("listening");
        notifier.Reloading();
        notifier.Stopping();
    }

    [Fact]
    public void The_notifier_survives_a_listener_that_goes_away()
    {
        var socket = new NotifySocket(isAbstract: true);
        using var notifier = new SystemdNotifier(socket.Address);
        socket.Dispose();
        notifier.Stopping();
    }
}
