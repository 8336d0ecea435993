using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Relaying;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Sessions.Limits;

/// <summary>Bandwidth in relays over real sockets, on a clock that the test moves: ten seconds of it are exact.</summary>
public sealed class PacingTests
{
    private const long Rate = 2_000_000;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    public static TheoryData<TransportKind, int> Cases
    {
        get
        {
            TheoryData<TransportKind, int> cases = [];
            foreach (TransportKind kind in TestTransports.All)
            {
                cases.Add(kind, 1);
                cases.Add(kind, 20);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public Task Ten_seconds_of_a_users_bandwidth_are_within_five_percent(TransportKind kind, int sessions) =>
        TakesTenSecondsAsync(kind, sessions, _ => Rate, unevenness: 0.5);

    [Theory, MemberData(nameof(Cases))]
    public Task Ten_seconds_of_a_bandwidth_that_is_another_one_in_each_are_within_five_percent_of_its_mean(TransportKind kind, int sessions) =>
        // A relay moves as much at a time as the rate of that moment says, so that the one that begins has a larger part.
        TakesTenSecondsAsync(kind, sessions, second => second % 2 == 0 ? Rate / 8 : Rate * 15 / 8, unevenness: 0.75);

    private static async Task TakesTenSecondsAsync(TransportKind kind, int sessions, Func<int, long> rateOf, double unevenness)
    {
        ManualTimeProvider time = new();
        LimitTable limits = new(time, new UsageLedger(time));
        limits.Apply(new LimitsConfig { PerUser = new ScopeLimits { Bandwidth = Rate } });
        SessionTable table = new(time, limits);
        ITransport transport = Transports.Create(kind);
        List<Download> downloads = [];
        try
        {
            for (int i = 0; i < sessions; i++) downloads.Add(await Download.StartAsync(transport, table, limits));
            for (TimeSpan now = TimeSpan.Zero; now < TimeSpan.FromSeconds(10); now += Step)
            {
                // Every relay waits for the clock: it has moved all bytes that it may move.
                await time.WaitForTimersAsync(sessions);
                if (now.Milliseconds == 0) limits.Apply(new LimitsConfig { PerUser = new ScopeLimits { Bandwidth = rateOf(now.Seconds) } });
                time.Advance(Step);
            }
            await time.WaitForTimersAsync(sessions);
            long moved = table.BytesDown;
            Assert.InRange(moved, 10 * Rate * 0.95, 10 * Rate * 1.05);
            // No relay moved much more than its share; the first one has the burst.
            double share = (double)moved / sessions;
            Assert.All(table.Live, session => Assert.InRange(session.BytesDown, share * (1 - unevenness), share * (1 + unevenness)));
        }
        finally
        {
            limits.Apply(new LimitsConfig());
            foreach (Session session in table.Live) session.Abort(SessionOutcome.Drain);
            // A relay that waits looks at its session when the clock next moves.
            foreach (Download download in downloads)
            {
                await Wait.UntilAsync(() =>
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    return download.Relaying.IsCompleted;
                });
                await download.DisposeAsync();
            }
            await transport.DisposeAsync();
        }
    }

    [Fact]
    public void A_pause_is_made_up_for_by_a_short_burst_only()
    {
        ManualTimeProvider time = new();
        Pacer pacer = new(1_000_000, time);
        Assert.Equal(TimeSpan.Zero, pacer.Charge(200_000));
        Assert.Equal(TimeSpan.FromMilliseconds(200), pacer.Charge(200_000));
        Assert.True(pacer.IsAhead);
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(pacer.IsAhead);
        Assert.Equal(TimeSpan.Zero, pacer.Charge(200_000));
        Assert.Equal(TimeSpan.FromMilliseconds(200), pacer.Charge(200_000));
    }

    [Fact]
    public void Short_sessions_one_after_the_other_share_what_one_may_have()
    {
        ManualTimeProvider time = new();
        LimitTable limits = new(time, new UsageLedger(time));
        limits.Apply(new LimitsConfig { PerClient = new ScopeLimits { Bandwidth = 1_000_000 } });
        SessionTable table = new(time, limits);
        for (int i = 0; i < 10; i++)
        {
            using Session session = table.Open(Download.Request);
            Assert.Null(limits.Enter(session));
            ValueTask pace = session.PassedUpAsync(200_000);
            Assert.Equal(i == 0, pace.IsCompletedSuccessfully);
            session.Abort(SessionOutcome.Stopped);
            limits.Sweep();
        }
    }

    [Fact]
    public async Task Who_waits_for_a_bandwidth_that_is_there_no_more_goes_on()
    {
        ManualTimeProvider time = new();
        LimitTable limits = new(time, new UsageLedger(time));
        limits.Apply(new LimitsConfig { PerUser = new ScopeLimits { Bandwidth = 1024 } });
        SessionTable table = new(time, limits);
        using Session session = table.Open(Download.Request);
        Assert.Null(limits.Enter(session));
        Task pace = session.PassedUpAsync(1_000_000).AsTask();
        await time.WaitForTimersAsync(1);
        limits.Apply(new LimitsConfig());
        time.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(() => pace.IsCompleted);
        await pace;
    }

    private sealed class Download : IAsyncDisposable
    {
        public static readonly RequestInfo Request = new()
        {
            Inbound = "test",
            User = "alice",
            Client = new IPEndPoint(IPAddress.Loopback, 1),
            Local = new IPEndPoint(IPAddress.Loopback, 2),
            Destination = Destination.FromAddress(IPAddress.Loopback, 3),
        };

        private readonly SocketStream[] _streams;
        private readonly Session _session;
        private readonly Task _pumping;

        private Download(Session session, SocketStream clientEnd, SocketStream clientSide, SocketStream upstreamSide, SocketStream targetEnd)
        {
            _session = session;
            _streams = [clientEnd, clientSide, upstreamSide, targetEnd];
            Relaying = Relay.RunAsync(clientSide, upstreamSide, session).AsTask();
            _pumping = Task.WhenAll(SendAsync(targetEnd), DrainAsync(clientEnd));
        }

        public Task Relaying { get; }

        public static async Task<Download> StartAsync(ITransport transport, SessionTable table, LimitTable limits)
        {
            (SocketStream clientEnd, SocketStream clientSide) = await TestTransports.ConnectAsync(transport);
            (SocketStream upstreamSide, SocketStream targetEnd) = await TestTransports.ConnectAsync(transport);
            Session session = table.Open(Request);
            Assert.Null(limits.Enter(session));
            return new Download(session, clientEnd, clientSide, upstreamSide, targetEnd);
        }

        public async ValueTask DisposeAsync()
        {
            await Relaying.WaitAsync(TestTransports.Patience);
            foreach (SocketStream stream in _streams) await stream.DisposeAsync();
            await _pumping.WaitAsync(TestTransports.Patience);
            _session.Dispose();
        }

        private static async Task SendAsync(SocketStream stream)
        {
            byte[] bytes = new byte[256 * 1024];
            try
            {
                while (true) await stream.WriteAsync(bytes);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The end of the test.
            }
        }

        private static async Task DrainAsync(SocketStream stream)
        {
            try
            {
                await stream.CopyToAsync(Stream.Null);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The end of the test.
            }
        }
    }
}
