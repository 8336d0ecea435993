using System.Text.Json;
using MultiExit.Engine.Inbounds.Tunnel;
using MultiExit.Engine.Shadowsocks;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Takeover;

/// <summary>What a server remembers so that nothing is served twice.</summary>
public sealed class HandedStateTests
{
    [Fact]
    public void A_handshake_that_one_process_has_served_is_refused_by_the_next()
    {
        ReplayCache first = new();
        Assert.True(first.TryAdd(5, 600, 600));
        Assert.True(first.TryAdd(UInt128.MaxValue, 660, 660));
        ReplayCache second = new();
        second.Import(first.Export());
        Assert.Equal(2, second.Count);
        Assert.False(second.TryAdd(5, 600, 600));
        Assert.False(second.TryAdd(UInt128.MaxValue, 660, 660));
        Assert.True(second.TryAdd(6, 600, 600));
    }

    [Fact]
    public void A_handshake_from_before_the_take_over_is_not_dated_before_the_start()
    {
        ManualTimeProvider time = new();
        ServerOpening first = new(time);
        first.Begin();
        time.Advance(TimeSpan.FromMinutes(3));
        ServerOpening second = new(time);
        second.Begin();
        DateTimeOffset moment = time.GetUtcNow() - TimeSpan.FromMinutes(2);
        Assert.True(second.IsAfter(moment));
        second.BeganBefore(first.Age);
        Assert.False(second.IsAfter(moment));
        Assert.True(second.IsAfter(moment - TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void A_salt_that_one_process_has_seen_is_refused_by_the_next()
    {
        SaltFilter first = new(TimeSpan.FromMinutes(1), 2, TimeProvider.System);
        byte[][] salts = [new byte[16], [1, .. new byte[31]], [2, .. new byte[31]]];
        foreach (byte[] salt in salts) Assert.True(first.TryAdd(salt));
        SaltFilter second = new(TimeSpan.FromMinutes(1), 2, TimeProvider.System);
        second.Import(first.Export());
        foreach (byte[] salt in salts) Assert.False(second.TryAdd(salt));
        Assert.True(second.TryAdd([3, .. new byte[31]]));
    }

    [Fact]
    public void A_client_may_not_say_that_handshakes_are_remembered_for_ever()
    {
        ManualTimeProvider time = new();
        ServerOpening opening = new(time);
        opening.BeganBefore(TimeSpan.MaxValue);
        Assert.True(opening.IsAfter(time.GetUtcNow() - TimeSpan.FromDays(2)));
    }

    [Fact]
    public void State_of_a_version_with_more_in_it_is_read()
    {
        TakeoverState state = JsonSerializer.Deserialize<TakeoverState>("""{"LastSession":4,"Unknown":{"a":1}}""")!;
        Assert.Equal((4, 0), (state.LastSession, state.Bindings.Count));
    }
}
