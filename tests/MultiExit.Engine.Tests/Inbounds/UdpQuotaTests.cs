using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds;

/// <summary>Who has a place for an association, and who makes room.</summary>
public sealed class UdpQuotaTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly UdpQuota _quota = new();
    private readonly List<string> _ended = [];

    [Fact]
    public void The_one_that_is_quiet_for_longest_makes_room_for_its_owner_alone()
    {
        Enter("first");
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Enter("second");
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Null(_quota.TryEnter("in", "alice", 2, 3));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Enter("third");
        Assert.Equal(["first"], _ended);
        // Another owner has its own; and where the inbound is full, nobody else's.
        Assert.NotNull(_quota.TryEnter("in", "bob", 2, 3));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_quota.TryEnter("in", "carol", 2, 3));
        Assert.Equal(["first"], _ended);
    }

    [Fact]
    public void One_that_may_not_make_room_stays_and_its_place_is_free_behind_it()
    {
        using (UdpSeat? seat = _quota.TryEnter("in", "alice", 1, 1))
        {
            Assert.NotNull(seat);
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Null(_quota.TryEnter("in", "alice", 1, 1));
        }
        Assert.NotNull(_quota.TryEnter("in", "bob", 1, 1));
    }

    [Fact]
    public void One_that_has_made_room_is_not_uncounted_again()
    {
        UdpSeat first = Enter("first");
        _time.Advance(UdpQuota.LeastQuiet);
        Enter("second");
        Enter("third");
        Assert.Equal(["first"], _ended[..1]);
        first.Dispose();
        first.Dispose();
        Assert.Null(_quota.TryEnter("in", "alice", 2, 3));
    }

    private UdpSeat Enter(string name)
    {
        UdpSeat? seat = _quota.TryEnter("in", "alice", 2, 3);
        Assert.NotNull(seat);
        seat.MayMakeRoom(new IdleWatch(TimeSpan.FromMinutes(2), _time), () => _ended.Add(name));
        return seat;
    }
}
