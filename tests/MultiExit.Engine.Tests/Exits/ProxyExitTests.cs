using System.Globalization;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

/// <summary>The common part of all exits that go through a proxy: their time-out, their retries, and the class of a failure.</summary>
public sealed class ProxyExitTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly Destination Target =
        Destination.TryParse("target.test:80", -1, out Destination? target) ? target : throw new FormatException();

    [Theory]
    [InlineData("socks5", true)]
    [InlineData("socks5", false)]
    [InlineData("socks4", true)]
    [InlineData("lightsocks", false)]
    [InlineData("http", true)]
    [InlineData("http", false)]
    [InlineData("websocket", true)]
    [InlineData("websocket", false)]
    [InlineData("tunnel", true)]
    [InlineData("tunnel", false)]
    [InlineData("ech-tunnel", true)]
    [InlineData("ech-tunnel", false)]
    public async Task The_time_out_is_that_of_the_whole_dial(string type, bool accepts)
    {
        ManualTimeProvider time = new();
        // Where there are retries, the first attempt fails at once, and the second one waits for ever.
        ScriptedExit via = new(attempt =>
            attempt == 1 && ExitOfType.HasRetries(type) ? Fault.Refuses : accepts ? Fault.IsSilent : Fault.Hangs);
        IExit exit = ExitOfType.Create(type, via, Timeout, time, tls: true, retries: 1);
        Task<DialResult> dial = exit.DialAsync(Target, new DialContext(), default).AsTask();
        TimeSpan waited = TimeSpan.Zero;
        if (ExitOfType.HasRetries(type))
        {
            await time.WaitForTimersAsync(2); // the time-out and the pause
            time.Advance(waited = TimeSpan.FromMilliseconds(100));
        }
        await Wait.UntilAsync(() => via.Dials == (ExitOfType.HasRetries(type) ? 2 : 1));
        time.Advance(Timeout - waited - TimeSpan.FromMilliseconds(1));
        Assert.False(dial.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        DialResult result = await dial.WaitAsync(TestTransports.Patience);
        Assert.Equal(DialFailure.ProxyUnreachable, result.Failure);
        Assert.StartsWith("up: ", result.Detail, StringComparison.Ordinal);
        Assert.Same(exit, result.Exit);
    }

    [Theory]
    [InlineData("socks5")]
    [InlineData("socks4")]
    [InlineData("http")]
    [InlineData("websocket")]
    public async Task Retries_come_after_pauses_that_grow(string type)
    {
        ManualTimeProvider time = new();
        ScriptedExit via = new(_ => Fault.Refuses);
        Task<DialResult> dial = ExitOfType.Create(type, via, TimeSpan.FromMinutes(1), time, tls: false, retries: 2)
            .DialAsync(Target, new DialContext(), default).AsTask();
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            await time.WaitForTimersAsync(2);
            Assert.Equal(attempt, via.Dials);
            time.Advance(TimeSpan.FromMilliseconds(49 * attempt)); // a pause of 100 ms and 200 ms, shortened by half at most
            Assert.Equal(attempt, via.Dials);
            time.Advance(TimeSpan.FromMilliseconds(51 * attempt));
        }
        DialResult result = await dial.WaitAsync(TestTransports.Patience);
        Assert.Equal((DialFailure.ProxyUnreachable, 3), (result.Failure, via.Dials));
        Assert.Equal("up: the proxy proxy.test:443 cannot be reached: via: refused", result.Detail);
    }

    [Theory]
    [InlineData("socks5")]
    [InlineData("socks4")]
    [InlineData("http")]
    [InlineData("websocket")]
    [InlineData("tunnel")]
    [InlineData("ech-tunnel")]
    public async Task Failures_have_the_same_name_whatever_the_protocol(string type)
    {
        Assert.Equal((DialFailure.ProxyUnreachable, 2), await FailAsync(type, Fault.Refuses, tls: true));
        Assert.Equal((DialFailure.ProxyUnreachable, 2), await FailAsync(type, Fault.Closes, tls: true));
        Assert.Equal((DialFailure.ProxyUnreachable, 2), await FailAsync(type, Fault.Aborts, tls: true));
        Assert.Equal((DialFailure.ProxyProtocolError, 1), await FailAsync(type, Fault.TalksNonsense, tls: true));
    }

    [Theory]
    [InlineData("socks5")]
    [InlineData("socks4")]
    [InlineData("lightsocks")]
    [InlineData("http")]
    [InlineData("websocket")]
    [InlineData("ech-tunnel")]
    public async Task A_proxy_that_breaks_off_its_own_handshake_is_not_tried_again(string type)
    {
        Assert.Equal((DialFailure.ProxyProtocolError, 1), await FailAsync(type, Fault.Closes, tls: false));
        Assert.Equal((DialFailure.ProxyProtocolError, 1), await FailAsync(type, Fault.Aborts, tls: false));
        Assert.Equal((DialFailure.ProxyProtocolError, 1), await FailAsync(type, Fault.TalksNonsense, tls: false));
    }

    [Theory]
    [InlineData("socks5")]
    [InlineData("socks4")]
    [InlineData("lightsocks")]
    [InlineData("http")]
    [InlineData("websocket")]
    [InlineData("tunnel")]
    [InlineData("ech-tunnel")]
    [InlineData("block")]
    public async Task Details_begin_with_the_exits_name_once_for_connections_and_datagrams(string type)
    {
        IExit exit = type == "block" ? new BlockExit()
            : ExitOfType.Create(type, new ScriptedExit(_ => Fault.Refuses), TimeSpan.FromSeconds(30), TimeProvider.System, tls: false);
        ExitGroup pool = Pools.Of("pool", new Failover(), 0, exit);
        foreach ((IExit asked, string start) in ((IExit, string)[])[(exit, $"{exit.Name}: "), (pool, $"pool > {exit.Name}: ")])
        {
            string? dial = (await asked.DialAsync(Target, new DialContext(), default)).Detail;
            string? datagrams = (await asked.OpenUdpAsync(new DialContext(), default)).Detail;
            foreach (string? detail in new[] { dial, datagrams })
            {
                Assert.StartsWith(start, detail, StringComparison.Ordinal);
                Assert.DoesNotContain($"{exit.Name}: ", detail![start.Length..], StringComparison.Ordinal);
            }
        }
    }

    // The failure, and the dials of the proxy with one retry.
    private static async Task<(DialFailure Failure, int Dials)> FailAsync(string type, Fault fault, bool tls)
    {
        ScriptedExit via = new(_ => fault);
        IExit exit = ExitOfType.Create(type, via, TimeSpan.FromSeconds(30), TimeProvider.System, tls, retries: 1);
        DialResult result = await exit.DialAsync(Target, new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.StartsWith("up: ", result.Detail, StringComparison.Ordinal);
        Assert.Same(exit, result.Exit);
        if (exit is IRetirable carriers) await carriers.DisposeAsync();
        if (ExitOfType.HasRetries(type)) return (result.Failure, via.Dials);
        // A carrier is dialed again by its pool, whatever the failure was.
        Assert.True(via.Dials >= 1, via.Dials.ToString(CultureInfo.InvariantCulture));
        return (result.Failure, result.Failure == DialFailure.ProxyUnreachable ? 2 : 1);
    }

    private enum Fault
    {
        Refuses,
        Hangs,
        IsSilent,
        Closes,
        Aborts,
        TalksNonsense,
    }

    // Leads to a proxy with a fault, which may be another one at each attempt.
    private sealed class ScriptedExit(Func<int, Fault> script) : IExit
    {
        private int _dials;

        public string Name => "via";

        public int Dials => Volatile.Read(ref _dials);

        public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
        {
            Fault fault = script(Interlocked.Increment(ref _dials));
            if (fault == Fault.Refuses) return DialResult.Failed(this, DialFailure.ConnectionRefused, "refused");
            if (fault == Fault.Hangs) await Task.Delay(System.Threading.Timeout.Infinite, cancellationToken);
            DuplexPair pair = new();
            if (fault != Fault.IsSilent) _ = AnswerAsync(pair.Right, fault);
            return DialResult.Success(pair.Left, null, this);
        }

        public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
            new(UdpOpenResult.Failed(this, DialFailure.General, "no datagrams"));

        private static async Task AnswerAsync(DuplexStream peer, Fault fault)
        {
            if (await peer.ReadAsync(new byte[4096]) == 0) return;
            if (fault == Fault.TalksNonsense) await peer.WriteAsync("nonsense, and nothing else\r\n\r\n"u8.ToArray());
            if (fault == Fault.Aborts) peer.Abort();
            else await peer.CompleteWritesAsync(default);
        }
    }
}
