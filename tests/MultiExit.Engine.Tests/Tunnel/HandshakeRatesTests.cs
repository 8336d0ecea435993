using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Inbounds.Tunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>The cost of a flood, and which clients bear it: connects, and hellos that are wrong.</summary>
public sealed class HandshakeRatesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HandshakeRates _gate;

    public HandshakeRatesTests() => _gate = new HandshakeRates(_time);

    [Fact]
    public void An_IPv6_client_is_its_prefix_and_a_mapped_one_its_address()
    {
        bool TryBegin(string client) => _gate.TryBegin("edge", IPAddress.Parse(client), perClient: 1);
        Assert.True(TryBegin("2001:db8::1"));
        Assert.True(TryBegin("2001:db8::2"));
        Assert.False(TryBegin("2001:db8::ffff:3"));
        Assert.True(TryBegin("2001:db8:0:1::1"));
        Assert.True(TryBegin("::ffff:192.0.2.1"));
        Assert.True(TryBegin("192.0.2.1"));
        Assert.False(TryBegin("192.0.2.1"));
        Assert.True(TryBegin("::ffff:192.0.2.2"));
    }

    [Fact]
    public void Handshakes_are_limited_for_each_client_and_hellos_in_all()
    {
        bool TryBegin(int client) => _gate.TryBegin("edge", new IPAddress(client), perClient: 2);
        bool TryHello(int client, string inbound = "edge") => _gate.TryHello(inbound, new IPAddress(client), total: 5);
        Assert.Equal(4, Enumerable.Range(0, 9).Count(_ => TryBegin(1))); // twice as many at once
        Assert.Equal(4, Enumerable.Range(0, 9).Count(_ => TryBegin(2)));
        Assert.Equal(10, Enumerable.Range(0, 99).Count(client => TryHello(client)));
        Assert.True(TryHello(1, "another"));
        _time.Advance(TimeSpan.FromSeconds(1));
        _gate.Sweep();
        Assert.Equal(2, Enumerable.Range(0, 9).Count(_ => TryBegin(1)));
        Assert.Equal(5, Enumerable.Range(0, 99).Count(client => TryHello(client)));
    }

    [Fact]
    public void A_flood_of_connects_costs_only_the_flooder()
    {
        int letIn = 0, flooders = 0;
        for (int tick = 0; tick < 1000; tick++) // 10 s, 2,000 connects a second from 150 addresses
        {
            for (int i = 0; i < 20; i++) flooders += Connect(1000 + (20 * tick + i) % 150) ? 1 : 0;
            if (tick % 100 == 50) letIn += Enumerable.Range(1, 3).Count(client => Connect(client) && _gate.TryHello("edge", new IPAddress(client), total: 500));
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.Equal(30, letIn);
        Assert.True(flooders > 15_000, "the flood was large enough to have spent 500 a second");

        bool Connect(int client) => _gate.TryBegin("edge", new IPAddress(client), perClient: 20);
    }

    [Fact]
    public void Who_has_proved_the_key_goes_first_in_a_flood_of_wrong_hellos_and_guesses_stay_bounded()
    {
        IPAddress known = new(1);
        _gate.Proved("edge", known);
        int looked = 0, letIn = 0;
        for (int tick = 0; tick < 100; tick++) // 10 s
        {
            looked += Enumerable.Range(0, 200).Count(i => _gate.TryHello("edge", new IPAddress(1000 + i), total: 10));
            if (tick % 10 == 9 && _gate.TryHello("edge", known, total: 10)) letIn++;
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.Equal(10, letIn);
        Assert.InRange(looked, 80, 120); // 10 a second and a burst of 20
    }

    [Fact]
    public void The_proven_clients_are_bounded_and_the_one_that_was_away_longest_goes()
    {
        ProvenClients proven = new(capacity: 2);
        proven.Add("edge", new IPAddress(1));
        proven.Add("edge", new IPAddress(2));
        proven.Add("edge", new IPAddress(1));
        proven.Add("edge", new IPAddress(3));
        Assert.True(proven.Has("edge", new IPAddress(1)));
        Assert.False(proven.Has("edge", new IPAddress(2)));
        Assert.True(proven.Has("edge", new IPAddress(3)));
        Assert.False(proven.Has("another", new IPAddress(1)));
    }

    [Fact]
    public async Task Bare_connects_spend_nothing_of_what_all_clients_have()
    {
        TunnelInboundConfig inbound = TunnelPair.Inbound() with { HandshakesPerClient = 1000, Handshakes = 1 };
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(inbound));
        for (int i = 0; i < 40; i++) await (await server.ConnectAsync()).DisposeAsync();
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello()));
    }
}
