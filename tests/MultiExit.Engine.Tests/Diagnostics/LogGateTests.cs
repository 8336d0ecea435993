using System.Net;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Diagnostics;

/// <summary>How many messages of clients are written.</summary>
public sealed class LogGateTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogGate _gate;

    public LogGateTests() => _gate = new LogGate(_time);

    [Fact]
    public void A_client_that_floods_leaves_room_for_the_messages_of_others()
    {
        Assert.Equal(LogGate.PerClient, Passed("MX2000", "192.0.2.1", 1000));
        Assert.Equal(LogGate.PerClient, Passed("MX2000", "192.0.2.2", 1000));
        Assert.Equal(LogGate.PerClient, Passed("MX2001", "192.0.2.1", 1000));
        Assert.Equal(1, Passed("MX2000", "192.0.2.3", 1));
    }

    [Fact]
    public void Many_clients_together_have_a_bound_too()
    {
        int passed = Enumerable.Range(1, 250).Sum(i => Passed("MX2000", $"192.0.2.{i}", 1));
        Assert.Equal(LogGate.PerId, passed);
        Assert.Equal(("MX2000", 150L), Assert.Single(_gate.Take(all: true)) is var (id, count, _) ? (id, count) : default);
    }

    [Fact]
    public void An_ipv6_client_is_its_network() =>
        Assert.Equal(LogGate.PerClient, Enumerable.Range(1, 100).Sum(i => Passed("MX2000", $"2001:db8::{i}", 1)));

    [Fact]
    public void What_was_left_out_is_told_once_a_while_and_counted_from_zero_again()
    {
        Passed("MX2000", "192.0.2.1", 15);
        Assert.Empty(_gate.Take());
        _time.Advance(LogGate.Window);
        Assert.Equal(("MX2000", 5L, LogGate.Window), Assert.Single(_gate.Take()));
        Assert.Empty(_gate.Take(all: true));
        Assert.Equal(LogGate.PerClient, Passed("MX2000", "192.0.2.1", 13));
        Assert.Equal(3, Assert.Single(_gate.Take(all: true)).LeftOut);
    }

    private int Passed(string id, string client, int messages)
    {
        IPEndPoint end = new(IPAddress.Parse(client), 1);
        return Enumerable.Range(0, messages).Count(_ => _gate.TryPass(id, end));
    }
}
