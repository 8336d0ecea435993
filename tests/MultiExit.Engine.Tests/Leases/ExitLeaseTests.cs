using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Leases;

/// <summary>The use of an address while this node has its lease.</summary>
public sealed class ExitLeaseTests : IAsyncDisposable
{
    private static readonly IPAddress Address = IPAddress.Loopback;
    private static readonly LeaseHolder Own = new("a", 1, 1);

    private readonly ManualTimeProvider _time = new();
    private readonly ITransport _inner = Transports.Create(TransportKind.Portable);
    private readonly ExitLease _lease;
    private readonly LeasedTransport _transport;

    public ExitLeaseTests()
    {
        _lease = new ExitLease(Address, _time);
        _transport = new LeasedTransport(_inner, _lease);
    }

    public async ValueTask DisposeAsync() => await _inner.DisposeAsync();

    [Fact]
    public async Task Nothing_leaves_before_the_lease_is_there_and_after_its_time()
    {
        await using EchoTarget target = new();
        await RefusesAsync(target);
        Assert.Contains("has not got the lease", _lease.Refusal, StringComparison.Ordinal);
        Take(12);
        Assert.Null(_lease.Refusal);
        await (await ConnectAsync(target)).DisposeAsync();
        using (UdpSocket socket = _transport.BindUdp(new IPEndPoint(Address, 0)))
            Assert.True(_lease.HasOpen);
        _time.Advance(TimeSpan.FromSeconds(12));
        await RefusesAsync(target);
        Assert.Throws<SocketException>(() => _transport.BindUdp(new IPEndPoint(Address, 0)));
    }

    [Fact]
    public async Task A_process_that_was_stopped_dials_nothing_even_before_a_timer_runs()
    {
        StoppedTime time = new();
        ExitLease lease = new(Address, time);
        LeasedTransport transport = new(_inner, lease);
        await using EchoTarget target = new();
        lease.Take(Own, Stamp(time, 12));
        await (await transport.ConnectAsync(target.EndPoint, default, default)).DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull(lease.Refusal);
        await Assert.ThrowsAsync<SocketException>(() => transport.ConnectAsync(target.EndPoint, default, default).AsTask());
    }

    [Fact]
    public async Task What_is_open_goes_on_with_each_renewal_and_is_cut_at_the_end()
    {
        await using EchoTarget target = new();
        Take(12);
        await using SocketStream connection = await ConnectAsync(target);
        using UdpSocket socket = _transport.BindUdp(new IPEndPoint(Address, 0));
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Take(12);
        }
        await connection.WriteAsync("ping"u8.ToArray());
        await connection.ReadExactlyAsync(new byte[4]).AsTask().WaitAsync(TestTransports.Patience);
        _time.Advance(TimeSpan.FromSeconds(13));
        await Assert.ThrowsAnyAsync<IOException>(() => connection.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        await Assert.ThrowsAnyAsync<Exception>(() => socket.SendAsync(new byte[1], target.EndPoint, default).AsTask());
        Assert.False(_lease.HasOpen);
    }

    [Fact]
    public async Task A_grant_that_was_over_cuts_what_it_had_before_a_new_one_begins()
    {
        StoppedTime time = new();
        ExitLease lease = new(Address, time);
        await using EchoTarget target = new();
        lease.Take(Own, Stamp(time, 12));
        await using SocketStream connection = await new LeasedTransport(_inner, lease).ConnectAsync(target.EndPoint, default, default);
        time.Advance(TimeSpan.FromSeconds(30));
        lease.Take(Own, Stamp(time, 12));
        Assert.True(lease.IsHeld);
        await Assert.ThrowsAnyAsync<IOException>(() => connection.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_dial_under_way_ends_with_the_lease()
    {
        FakeTransport slow = new();
        LeasedTransport transport = new(slow, _lease);
        Take(12);
        Task<SocketStream> dial = transport.ConnectAsync(new IPEndPoint(Address, 9), default, default).AsTask();
        Assert.False(dial.IsCompleted);
        _lease.Lose(new LeaseHolder("b", 1, 2));
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => dial.WaitAsync(TestTransports.Patience));
        Assert.Contains("the node b of the fleet has the lease", refused.Message, StringComparison.Ordinal);
        Assert.Equal((false, "b", 2L), (_lease.Status.IsHeld, _lease.Status.Node, _lease.Status.Token!.Value));
    }

    [Fact]
    public void An_answer_that_comes_too_late_is_no_lease()
    {
        long asked = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(20));
        _lease.Take(Own, asked + 12 * _time.TimestampFrequency);
        Assert.False(_lease.IsHeld);
    }

    private void Take(int seconds) => _lease.Take(Own, Stamp(_time, seconds));

    private static long Stamp(TimeProvider time, int seconds) => time.GetTimestamp() + seconds * time.TimestampFrequency;

    private async Task<SocketStream> ConnectAsync(EchoTarget target) =>
        await _transport.ConnectAsync(target.EndPoint, default, default).AsTask().WaitAsync(TestTransports.Patience);

    private Task RefusesAsync(EchoTarget target) => Assert.ThrowsAsync<SocketException>(() => ConnectAsync(target));

    // That of a process that goes on after it was stopped: its timers have not run yet.
    private sealed class StoppedTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(static _ => { });

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
