using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions;

/// <summary>Totals of sessions.</summary>
public sealed class SessionTableTests
{
    private static readonly RequestInfo Request = new()
    {
        Inbound = "proxy",
        User = "alice",
        Client = new IPEndPoint(IPAddress.Loopback, 40000),
        Local = new IPEndPoint(IPAddress.Loopback, 1080),
        Destination = Destination.FromAddress(IPAddress.Loopback, 9),
    };

    [Fact]
    public async Task Totals_never_go_down_while_sessions_end()
    {
        const int looks = 300;
        const int bytes = 1000;
        SessionTable table = new(TimeProvider.System);
        ExitState exit = new("exit");
        // So many that a walk over them takes its time.
        Session[] idle = [.. Enumerable.Range(0, 3000).Select(_ => table.Open(Request))];
        using CancellationTokenSource done = new();
        Task<long>[] writing = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            long sent = 0;
            for (; !done.IsCancellationRequested; sent += bytes)
            {
                using Session session = table.Open(Request);
                session.ServedBy(exit, exit);
                session.AddUp(bytes);
            }
            return sent;
        }))];
        try
        {
            await Task.Run(() =>
            {
                (long Table, long User, long Exit) last = default;
                for (int look = 0; look < looks; look++)
                {
                    (long Table, long User, long Exit) now = (table.BytesUp, table.GetUsers()[0].BytesUp, table.GetBytesOf([exit])[exit].Up);
                    Assert.True(now.Table >= last.Table && now.User >= last.User && now.Exit >= last.Exit, $"{last} and then {now}");
                    last = now;
                }
            }).WaitAsync(TestTransports.Patience);
        }
        finally
        {
            await done.CancelAsync();
        }
        long all = (await Task.WhenAll(writing).WaitAsync(TestTransports.Patience)).Sum();
        foreach (Session session in idle) session.Dispose();
        Assert.Equal((all, all, all, 0), (table.BytesUp, table.GetUsers()[0].BytesUp, exit.EndedBytesUp, exit.Sessions));
    }
}
