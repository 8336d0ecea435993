using System.Collections.Concurrent;
using System.Net;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions;

public sealed class UdpLanesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentQueue<(Destination, int)> _sent = new();
    private readonly ConcurrentQueue<Destination> _dropped = new();
    private readonly HashSet<Destination> _hanging = [];
    private readonly UdpLanes _lanes;

    public UdpLanesTests() => _lanes = new UdpLanes(SendAsync, (destination, _) => _dropped.Enqueue(destination), _time);

    [Fact]
    public async Task A_destination_that_hangs_has_a_bounded_queue_and_others_have_theirs()
    {
        _hanging.Add(Target(1));
        for (int i = 0; i < UdpLanes.MaxWaiting + 5; i++) _lanes.Add(Target(1), [1]);
        _lanes.Add(Target(2), [2]);
        Assert.Equal([(Target(2), 2)], _sent);
        Assert.Equal(Enumerable.Repeat(Target(1), 4), _dropped);
        await CloseAsync();
    }

    [Fact]
    public async Task Bytes_that_wait_for_a_destination_are_bounded()
    {
        _hanging.Add(Target(1));
        for (int i = 0; i < 4; i++) _lanes.Add(Target(1), new byte[UdpLanes.MaxLaneBytes / 2]);
        Assert.Equal(2, _dropped.Count);
        await CloseAsync();
    }

    [Fact]
    public async Task Beyond_the_bytes_of_the_association_the_longest_wait_ends()
    {
        const int Each = UdpLanes.MaxLaneBytes / 2;
        const int Count = UdpLanes.MaxBytes / Each;
        for (int i = 0; i <= Count; i++)
        {
            _hanging.Add(Target(i));
            _lanes.Add(Target(i), new byte[Each]);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([Target(0)], _dropped);
        Assert.Equal(Count, _lanes.Count);
        _lanes.Add(Target(1000), [7]);
        Assert.Contains((Target(1000), 7), _sent);
        await CloseAsync();
    }

    [Fact]
    public async Task Destinations_that_hang_however_many_keep_no_new_one_out()
    {
        for (int i = 0; i < UdpLanes.MaxLanes + 10; i++)
        {
            _hanging.Add(Target(i));
            _lanes.Add(Target(i), [1]);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(Enumerable.Range(0, 10).Select(Target), _dropped);
        _lanes.Add(Target(1000), [7]);
        Assert.Equal([(Target(1000), 7)], _sent);
        Assert.Equal(UdpLanes.MaxLanes, _lanes.Count);
        await CloseAsync();
    }

    [Fact]
    public async Task An_idle_destination_makes_room_before_one_that_waits_and_is_forgotten_in_time()
    {
        _hanging.Add(Target(0));
        _lanes.Add(Target(0), [1]);
        _time.Advance(TimeSpan.FromSeconds(1));
        for (int i = 1; i <= UdpLanes.MaxLanes; i++) _lanes.Add(Target(i), [1]);
        Assert.Empty(_dropped);
        _time.Advance(UdpLanes.IdleLimit);
        _lanes.Add(Target(1000), [1]);
        Assert.Equal(2, _lanes.Count); // the one that hangs, and the new one
        await CloseAsync();
    }

    private async Task CloseAsync() => await _lanes.CloseAsync().AsTask().WaitAsync(TestTransports.Patience);

    private static Destination Target(int port) => Destination.FromAddress(IPAddress.Loopback, port + 1);

    private async ValueTask SendAsync(UdpLane lane, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (_hanging.Contains(lane.Destination)) await Task.Delay(Timeout.Infinite, cancellationToken);
        _sent.Enqueue((lane.Destination, datagram.Span[0]));
    }
}
