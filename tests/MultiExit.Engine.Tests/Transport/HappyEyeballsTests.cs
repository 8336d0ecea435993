using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class HappyEyeballsTests : IAsyncDisposable
{
    private const string Six = "2001:db8::1";
    private const string Four = "203.0.113.1";
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private readonly FakeTransport _transport = new();
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(AddressPreference.Ipv6, "2001:db8::1 203.0.113.1 2001:db8::2 203.0.113.2 203.0.113.3")]
    [InlineData(AddressPreference.Ipv4, "203.0.113.1 2001:db8::1 203.0.113.2 2001:db8::2 203.0.113.3")]
    public void Families_take_turns(AddressPreference prefer, string expected)
    {
        HappyEyeballs eyeballs = new(_transport, _time, prefer);
        IReadOnlyList<IPAddress> order = eyeballs.Order(Addresses("203.0.113.1", "203.0.113.2", "203.0.113.3", "2001:db8::1", "2001:db8::2"));
        Assert.Equal(expected, string.Join(' ', order));
    }

    [Fact]
    public void A_name_with_hundreds_of_addresses_is_not_tried_hundreds_of_times()
    {
        IReadOnlyList<IPAddress> order = new HappyEyeballs(_transport, _time, AddressPreference.Ipv4)
            .Order([.. Enumerable.Range(1, 200).Select(i => IPAddress.Parse($"2001:db8::{i}")), IPAddress.Parse(Four)]);
        Assert.Equal(HappyEyeballs.MaxAttempts, order.Count);
        Assert.Equal(IPAddress.Parse(Four), order[0]);
    }

    [Fact]
    public async Task The_first_attempt_gets_its_time()
    {
        Task<SocketStream> connecting = Connect(Six, Four);
        await _transport.To(Six).Begun;
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        FakeTransport.FakeSocket socket = _transport.To(Six).Succeed();
        Assert.Same(socket, await connecting.WaitAsync(Patience));
        Assert.Equal(Addresses(Six), _transport.Order);
        Assert.False(socket.IsDisposed);
    }

    [Fact]
    public async Task The_next_attempt_starts_beside_a_slow_one()
    {
        Task<SocketStream> connecting = Connect(Six, Four);
        await _transport.To(Six).Begun;
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await _transport.To(Four).Begun;
        FakeTransport.FakeSocket socket = _transport.To(Four).Succeed();
        Assert.Same(socket, await connecting.WaitAsync(Patience));
        await _transport.To(Six).Cancelled;
    }

    [Fact]
    public async Task A_slow_attempt_that_wins_in_the_end_is_taken()
    {
        Task<SocketStream> connecting = Connect(Six, Four);
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await _transport.To(Four).Begun;
        FakeTransport.FakeSocket socket = _transport.To(Six).Succeed();
        Assert.Same(socket, await connecting.WaitAsync(Patience));
        await _transport.To(Four).Cancelled;
    }

    [Fact]
    public async Task After_a_failure_the_next_attempt_starts_at_once()
    {
        _transport.To(Six).Fail(SocketError.NetworkUnreachable);
        FakeTransport.FakeSocket socket = _transport.To(Four).Succeed();
        Assert.Same(socket, await Connect(Six, Four).WaitAsync(Patience));
        Assert.Equal(Addresses(Six, Four), _transport.Order);
    }

    [Fact]
    public async Task A_loser_that_connects_all_the_same_is_closed()
    {
        _transport.To(Six).IgnoresCancellation = true;
        Task<SocketStream> connecting = Connect(Six, Four);
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await _transport.To(Four).Begun;
        _transport.To(Four).Succeed();
        await connecting.WaitAsync(Patience);
        await _transport.To(Six).Succeed().Disposed;
    }

    [Theory]
    [InlineData(SocketError.NetworkUnreachable, SocketError.ConnectionRefused, SocketError.ConnectionRefused)]
    [InlineData(SocketError.ConnectionRefused, SocketError.NetworkUnreachable, SocketError.ConnectionRefused)]
    [InlineData(SocketError.HostUnreachable, SocketError.TimedOut, SocketError.TimedOut)]
    [InlineData(SocketError.AddressNotAvailable, SocketError.NetworkUnreachable, SocketError.NetworkUnreachable)]
    public async Task The_error_that_says_most_is_reported(SocketError six, SocketError four, SocketError expected)
    {
        _transport.To(Six).Fail(six);
        _transport.To(Four).Fail(four);
        SocketException exception = await Assert.ThrowsAsync<SocketException>(() => Connect(Six, Four).WaitAsync(Patience));
        Assert.Equal(expected, exception.SocketErrorCode);
    }

    [Fact]
    public async Task Cancellation_ends_all_attempts()
    {
        using CancellationTokenSource cancelled = new();
        Task<SocketStream> connecting = Connect(cancelled.Token, Six, Four);
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await _transport.To(Four).Begun;
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Patience));
        await _transport.To(Six).Cancelled;
        await _transport.To(Four).Cancelled;
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private Task<SocketStream> Connect(params string[] addresses) => Connect(CancellationToken.None, addresses);

    private Task<SocketStream> Connect(CancellationToken cancellationToken, params string[] addresses) =>
        new HappyEyeballs(_transport, _time, AddressPreference.Ipv6).ConnectAsync(Addresses(addresses), 80, default, cancellationToken).AsTask();

    private static IPAddress[] Addresses(params string[] addresses) => Array.ConvertAll(addresses, IPAddress.Parse);
}
