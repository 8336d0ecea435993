using System.Net;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Diagnostics;

public sealed class AccessLineTests
{
    private static readonly SessionRecord Least = new()
    {
        Id = 17, Started = DateTimeOffset.UnixEpoch, Inbound = "proxy", Protocol = "http", Network = "tcp", Client = new(IPAddress.Parse("203.0.113.5"), 50412),
        Local = new(IPAddress.Loopback, 1080), Destination = "example.org:80", Outcome = SessionOutcome.NotAllowed, DurationMs = 1.6,
    };

    [Fact]
    public void What_has_no_value_is_a_dash_among_the_words_and_missing_among_the_fields() => Assert.Equal(
        "proxy 203.0.113.5:50412 - tcp example.org:80 - NotAllowed up=0 down=0 ms=2 id=17 protocol=http", AccessLine.Of(Least));

    [Fact]
    public void All_fields_stand_behind_the_words() => Assert.Equal(
        "proxy 203.0.113.5:50412 alice tcp example.org:80 wan1 ok up=517 down=5120 ms=830 id=17 protocol=http login=password rule=2 group=pool "
            + "resolved=192.0.2.80 source=198.51.100.10:41822 peer=192.0.2.80:80 leads=target dial_ms=21.4 first_byte_ms=44.1 "
            + "attempts=wan2:TimedOut:5000,wan1:ok:20",
        AccessLine.Of(Least with
        {
            User = "alice", Login = "password", Exit = "wan1", Outcome = SessionOutcome.Ok, BytesUp = 517, BytesDown = 5120, DurationMs = 830, Rule = 2,
            Group = "pool", Resolved = IPAddress.Parse("192.0.2.80"), Source = new(IPAddress.Parse("198.51.100.10"), 41822),
            Peer = new(IPAddress.Parse("192.0.2.80"), 80), Leads = "target", DialMs = 21.4, FirstByteMs = 44.1,
            Attempts = [new("wan2", 5000, SessionOutcome.TimedOut), new("wan1", 20, null)],
        }));

    [Fact]
    public void A_user_or_a_destination_cannot_begin_another_line() => Assert.DoesNotContain(
        AccessLine.Of(Least with { User = "a\nb", Destination = "x\ry:1" }), char.IsControl);
}
