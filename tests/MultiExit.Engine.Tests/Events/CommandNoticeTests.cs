using System.Diagnostics;
using MultiExit.Engine.Events;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Events;

/// <summary>Commands that do not do as they should.</summary>
public sealed class CommandNoticeTests
{
    // Far more than a pipe holds.
    private static readonly string Large = new('x', 1 << 20);

    [UnixFact]
    public async Task A_command_that_leaves_a_program_behind_has_succeeded_when_it_ends()
    {
        using CommandNotice notice = new("edge", ["/bin/sh", "-c", "sleep 60 & exit 0"]);
        long began = Stopwatch.GetTimestamp();
        await notice.TellAsync("exit-down", "{}", TestContext.Current.CancellationToken);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(40), "it waited for the program that is left");
    }

    [UnixFact]
    public async Task A_command_that_reads_nothing_can_be_given_up()
    {
        using CommandNotice notice = new("edge", ["/bin/sh", "-c", "sleep 60"]);
        using CancellationTokenSource end = new(TimeSpan.FromSeconds(1));
        long began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => notice.TellAsync("exit-down", Large, end.Token));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(40), "it waited for the command");
    }

    [UnixFact]
    public async Task A_command_that_ends_without_reading_has_succeeded()
    {
        using CommandNotice notice = new("edge", ["/bin/sh", "-c", "exit 0"]);
        await notice.TellAsync("exit-down", Large, TestContext.Current.CancellationToken);
    }
}
