using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Dispatching;

public sealed class UdpTalliesTests
{
    private static readonly FakeExit Exit = new("wan1");
    private static readonly Route Way = new(Exit, 0, null);

    private readonly ManualTimeProvider _time = new();
    private readonly List<UdpTally> _ended = [];
    private readonly UdpTallies _tallies;

    public UdpTalliesTests() => _tallies = new UdpTallies(_time, _ended.Add);

    [Fact]
    public void A_destination_ends_when_no_datagram_has_passed_for_two_minutes()
    {
        Flow flow = new();
        Send(1, flow);
        _time.Advance(TimeSpan.FromMinutes(1.5));
        _tallies.Received(To(1), 5);
        _time.Advance(TimeSpan.FromMinutes(1.5));
        Send(2, flow);
        Assert.Empty(_ended);
        _time.Advance(TimeSpan.FromMinutes(1));
        Send(2, flow);
        UdpTally over = Assert.Single(_ended);
        Assert.Equal((To(1), 1, 10L, 5L), (over.Destination, over.Number, over.BytesUp, over.BytesDown));
    }

    [Fact]
    public void Another_way_to_the_same_destination_begins_another_record()
    {
        Send(1, new Flow());
        Send(1, new Flow());
        Assert.Equal(1, Assert.Single(_ended).Number);
        _tallies.EndAll();
        Assert.Equal([1, 2], _ended.Select(tally => tally.Number));
    }

    [Fact]
    public void Of_too_many_destinations_the_one_that_was_silent_for_longest_ends()
    {
        Flow flow = new();
        for (int i = 0; i < UdpTallies.Max; i++)
        {
            Send(i, flow);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        _tallies.Received(To(0), 1);
        Send(5000, flow);
        Assert.Equal(To(1), Assert.Single(_ended).Destination);
    }

    [Fact]
    public void What_was_refused_first_and_left_later_was_not_refused()
    {
        _tallies.Refused(To(1), null, null, DialFailure.NotAllowed, "no");
        Send(1, new Flow());
        _tallies.Refused(To(2), null, null, DialFailure.NotAllowed, "no");
        _tallies.Refused(To(2), null, null, DialFailure.TimedOut, "late");
        _tallies.EndAll();
        Assert.NotNull(_ended[0].Flow);
        Assert.Equal((null, DialFailure.NotAllowed, "no"), (_ended[1].Flow, _ended[1].Failure, _ended[1].Detail));
    }

    private static Destination To(int number) => Destination.FromAddress(IPAddress.Parse("192.0.2.1"), (ushort)(1000 + number));

    private void Send(int number, Flow flow) => _tallies.Sent(To(number), Way, Exit, flow, 10);

    private sealed class Flow : IDatagramFlow
    {
        public ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) => new(true);

        public ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => throw new IOException();

        public ValueTask DisposeAsync() => default;
    }
}
