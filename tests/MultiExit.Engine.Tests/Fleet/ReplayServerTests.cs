using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Inbounds.Shadowsocks;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Three servers of a fleet with one key, and somebody who records what a client sends to one of them and sends it to the others.</summary>
public sealed class ReplayServerTests : IAsyncDisposable
{
    private const byte Aead = 1, TlsOnly = 3;

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTables _tables;
    private readonly EchoTarget _echo = new();
    private readonly List<ScriptedStore> _stores = [];
    private readonly List<TestGateway> _nodes = [];
    private bool _isSlow; // requests need the time to go on

    public ReplayServerTests() => _tables = new MemoryTables(_time);

    public async ValueTask DisposeAsync()
    {
        foreach (TestGateway node in _nodes) await node.DisposeAsync();
        foreach (ScriptedStore store in _stores) await store.DisposeAsync();
        await _echo.DisposeAsync();
    }

    [Fact]
    public async Task A_handshake_that_one_node_has_answered_opens_a_tunnel_on_no_other_one()
    {
        await StartAsync(FleetReplay.Shared);
        byte[] recorded = Hello(TlsOnly);
        Assert.True(await RawClient.IsLetPastTheEchoAsync(_nodes[0], recorded));
        // The fallback answers, as to whoever does not know the key.
        foreach (TestGateway node in _nodes) Assert.False(await RawClient.IsLetPastTheEchoAsync(node, recorded));
        Assert.All(_nodes, node => Assert.Equal(1, node.Server.GetStatus().RefusedHandshakes));
        Assert.True(await RawClient.IsLetPastTheEchoAsync(_nodes[1], Hello(TlsOnly)));
        Assert.Contains("seen before", RefusalOf(_nodes[0]), StringComparison.Ordinal);
        Assert.All(_nodes.Skip(1), node => Assert.Contains("another node of the fleet has answered", RefusalOf(node), StringComparison.Ordinal));
        Assert.All(_nodes, node => Assert.Empty(WarningsOf(node)));
        // What the other node has refused is known there: the store is not asked again.
        int calls = _stores[2].Calls;
        Assert.False(await RawClient.IsLetPastTheEchoAsync(_nodes[2], recorded));
        Assert.Equal(calls, _stores[2].Calls);
        Assert.Equal(2, _tables.Replays.Count);
    }

    [Fact]
    public async Task Handshakes_with_an_inner_cipher_are_no_matter_of_the_store()
    {
        await StartAsync(FleetReplay.Shared);
        byte[] recorded = Hello(Aead);
        foreach (TestGateway node in _nodes) Assert.True(await RawClient.IsLetPastTheEchoAsync(node, recorded));
        Assert.Empty(_tables.Replays);
    }

    [Fact]
    public async Task Without_the_key_each_node_looks_for_replays_alone()
    {
        await StartAsync(FleetReplay.Local);
        byte[] recorded = Hello(TlsOnly);
        foreach (TestGateway node in _nodes) Assert.True(await RawClient.IsLetPastTheEchoAsync(node, recorded));
        Assert.Empty(_tables.Replays);
        await _nodes[0].Server.ReloadAsync(_nodes[0].Server.Config with { Fleet = Fleet("node0", FleetReplay.Shared) });
        await UntilAsync(() => _nodes[0].Server.GetStatus().Fleet is { Epoch: 2, Reachable: true });
        Assert.True(await RawClient.IsLetPastTheEchoAsync(_nodes[0], Hello(TlsOnly)));
        Assert.Single(_tables.Replays);
    }

    [Theory]
    [InlineData("hangs")]
    [InlineData("fails every second time")]
    [InlineData("is slow by 5 s")]
    public async Task While_the_store_is_ill_carriers_come_in_by_the_window_of_their_node_and_that_is_said_once(string illness)
    {
        await StartAsync(FleetReplay.Shared);
        ScriptedStore store = _stores[0];
        if (illness == "hangs") store.Hangs = true;
        else if (illness == "is slow by 5 s") (store.Delay, _isSlow) = (TimeSpan.FromSeconds(5), true);
        else store.FailsEverySecond = true;
        byte[] recorded = [];
        int carriers = 0;
        // The first ones may come between two faults.
        for (int warned = 0; warned < 3; carriers++)
        {
            recorded = Hello(TlsOnly);
            Assert.True(await PassAsync(RawClient.IsLetPastTheEchoAsync(_nodes[0], recorded)));
            Assert.False(await PassAsync(RawClient.IsLetPastTheEchoAsync(_nodes[0], recorded)));
            if (WarningsOf(_nodes[0]).Contains("MX1166")) warned++;
            Assert.InRange(carriers, 0, 20);
        }
        Assert.Single(_nodes[0].Server.GetLog(new() { Ids = ["MX1166"] }));
        Assert.Equal(carriers, _nodes[0].Server.GetStatus().RefusedHandshakes);
        if (illness == "hangs") return;
        (store.Delay, store.FailsEverySecond) = (TimeSpan.Zero, false);
        await UntilAsync(() => !WarningsOf(_nodes[0]).Any());
        Assert.Single(_nodes[0].Server.GetLog(new() { Ids = ["MX1167"] }));
        // What it has let in meanwhile, and what it lets in now.
        Assert.False(await RawClient.IsLetPastTheEchoAsync(_nodes[1], recorded));
        byte[] next = Hello(TlsOnly);
        Assert.True(await RawClient.IsLetPastTheEchoAsync(_nodes[0], next));
        Assert.False(await RawClient.IsLetPastTheEchoAsync(_nodes[1], next));
    }

    [Theory]
    [InlineData("aes-256-gcm")]
    [InlineData("2022-blake3-aes-128-gcm")]
    public async Task A_request_of_Shadowsocks_is_served_by_one_node_and_the_others_are_silent(string method)
    {
        for (int n = 0; n < 3; n++)
        {
            await AddAsync(n, FleetReplay.Shared, ConfigAssert.Valid($$"""
                inbounds: [{ name: in{{n}}, type: shadowsocks, listen: "127.0.0.1:0", method: {{method}}, password: "{{ShadowsocksRig.KeyOf(method)}}" }]
                """));
        }
        ShadowsocksRig[] rigs = [.. _nodes.Select(node => new ShadowsocksRig(node, method))];
        byte[] recorded = rigs[0].RequestTo(_echo.EndPoint, time: _time);
        Assert.True((await rigs[0].ProbeAsync(recorded, ends: true)).Count > 0);
        foreach (ShadowsocksRig rig in rigs) Assert.Equal(0, (await rig.ProbeAsync(recorded, ends: true)).Count);
        Assert.All(_nodes, node => Assert.Equal(1, node.Server.GetStatus().RefusedHandshakes));
        Assert.All(_nodes.Skip(1), node => Assert.Contains("another node of the fleet has answered", RefusalOf(node), StringComparison.Ordinal));
        Assert.True((await rigs[2].ProbeAsync(rigs[2].RequestTo(_echo.EndPoint, time: _time), ends: true)).Count > 0);
    }

    private static FleetConfig Fleet(string node, FleetReplay replay) =>
        new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", node) { Replay = replay };

    // Without that of the key in words.
    private static IEnumerable<string> WarningsOf(TestGateway node) =>
        node.Server.GetWarnings().Select(warning => warning.Id).Where(id => id != "MX1022");

    private static string RefusalOf(TestGateway node) => node.Server.GetLog(new() { Ids = ["MX2004"] })[^1].Message;

    private async Task StartAsync(FleetReplay replay)
    {
        for (int n = 0; n < 3; n++)
        {
            await AddAsync(n, replay, new GatewayConfig
            {
                Inbounds =
                [
                    TunnelPair.Inbound() with
                    {
                        Methods = [TunnelMethodName.Tls, TunnelMethodName.ChaCha20Poly1305], Fallback = Destination.FromEndPoint(_echo.EndPoint),
                    },
                ],
            });
        }
        // Behind the start of all of them.
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task AddAsync(int n, FleetReplay replay, GatewayConfig config)
    {
        ScriptedStore store = new(_tables, _time);
        _stores.Add(store);
        TestGateway node = await TestGateway.StartAsync(
            config with { Fleet = Fleet($"node{n}", replay) }, new GatewayOptions { Time = _time, FleetStore = _ => store });
        _nodes.Add(node);
        await UntilAsync(() => node.Server.GetStatus().Fleet!.Reachable);
    }

    private byte[] Hello(byte method) => RawClient.HelloAt(_time.GetUtcNow(), method);

    private async Task<bool> PassAsync(Task<bool> client)
    {
        await UntilAsync(() => client.IsCompleted);
        return await client;
    }

    // Time goes on until the state comes, but not while a store that is well is asked.
    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(() =>
    {
        if (condition()) return true;
        if (_stores.All(store => _isSlow || store.Running == 0 || store.Hangs)) _time.Advance(TimeSpan.FromMilliseconds(50));
        return false;
    });
}
