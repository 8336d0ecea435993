using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>Handshake messages that a server before this one may have seen, on one clock for both servers and the clients.</summary>
public sealed class TunnelRestartTests : IAsyncDisposable
{
    private const byte Aead = 1, TlsOnly = 3;

    private readonly ManualTimeProvider _time = new();
    private readonly EchoTarget _fallback = new();
    private readonly LogFile _log = new();

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _fallback.DisposeAsync();
    }

    [Theory]
    [InlineData(0.002)]
    [InlineData(1)]
    [InlineData(250)]
    public async Task A_replay_after_a_restart_does_not_open_a_tunnel_that_has_TLS_alone(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(0.4));
        byte[] captured;
        await using (TestGateway first = await StartAsync())
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            captured = RawClient.HelloAt(_time.GetUtcNow(), TlsOnly);
            Assert.True(await RawClient.IsLetPastTheEchoAsync(first, captured));
        }
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await using TestGateway second = await StartAsync();
        Assert.False(await RawClient.IsLetPastTheEchoAsync(second, captured));
        Assert.Equal(1, second.Server.GetStatus().RefusedHandshakes);
        // A client with a right clock is let in at once.
        Assert.True(await RawClient.IsLetPastTheEchoAsync(second, RawClient.HelloAt(_time.GetUtcNow().AddMilliseconds(1), TlsOnly)));
        // It stays refused until its time is out of the window.
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(await RawClient.IsLetPastTheEchoAsync(second, captured));
        await second.Server.StopAsync(TimeSpan.Zero);
        Assert.Contains("before this server's start, and may be a replay", await _log.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_says_no_fraction_of_the_second_is_let_in_from_the_next_one_on()
    {
        _time.Advance(TimeSpan.FromSeconds(0.4));
        await using TestGateway server = await StartAsync();
        byte[] Hello() => RawClient.HelloAt(DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds()), TlsOnly);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.False(await RawClient.IsLetPastTheEchoAsync(server, Hello()));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(await RawClient.IsLetPastTheEchoAsync(server, Hello()));
    }

    [Fact]
    public async Task A_client_with_a_slow_clock_is_let_in_once_that_has_passed_the_start()
    {
        await using TestGateway server = await StartAsync();
        byte[] Hello(byte method) => RawClient.HelloAt(_time.GetUtcNow().AddSeconds(-20), method);
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(await RawClient.IsLetPastTheEchoAsync(server, Hello(TlsOnly)));
        // An AEAD makes a replay worthless, so that nobody has to wait for it.
        Assert.True(await RawClient.IsLetPastTheEchoAsync(server, Hello(Aead)));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await RawClient.IsLetPastTheEchoAsync(server, Hello(TlsOnly)));
    }

    [Fact]
    public async Task A_replay_after_a_restart_proves_nothing_with_an_AEAD_either()
    {
        byte[][] captured;
        await using (TestGateway first = await StartAsync())
        {
            captured = [.. Enumerable.Range(0, 3).Select(_ => RawClient.HelloAt(_time.GetUtcNow(), Aead))];
            foreach (byte[] hello in captured) Assert.True(await RawClient.IsLetPastTheEchoAsync(first, hello));
        }
        _time.Advance(TimeSpan.FromSeconds(1));
        // Two at once, and two more for a client that has proved the key.
        await using TestGateway second = await StartAsync(inbound => inbound with { Handshakes = 1 });
        Assert.True(await RawClient.IsLetPastTheEchoAsync(second, captured[0]));
        Assert.True(await RawClient.IsLetPastTheEchoAsync(second, captured[1]));
        Assert.False(await RawClient.IsLetPastTheEchoAsync(second, captured[2]));
    }

    [Fact]
    public async Task A_reload_forgets_no_handshake_even_of_an_inbound_that_gets_another_name_or_port()
    {
        await using TestGateway server = await StartAsync();
        byte[] slow = RawClient.HelloAt(_time.GetUtcNow(), TlsOnly);
        _time.Advance(TimeSpan.FromSeconds(10));
        byte[] captured = RawClient.HelloAt(_time.GetUtcNow(), TlsOnly);
        Assert.True(await RawClient.IsLetPastTheEchoAsync(server, captured));
        TunnelInboundConfig inbound = (TunnelInboundConfig)server.Server.Config.Inbounds[0];
        await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [inbound with { Name = "other" }] });
        Assert.False(await RawClient.IsLetPastTheEchoAsync(server, captured));
        IPEndPoint another = new(IPAddress.IPv6Loopback, 0);
        await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [inbound with { Name = "third", Listen = another }] });
        Assert.False(await RawClient.IsLetPastTheEchoAsync(server, captured));
        await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [TestGateway.Mixed().Inbounds[0]] });
        await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [inbound] });
        Assert.False(await RawClient.IsLetPastTheEchoAsync(server, captured));
        // What is remembered since the start needs no start anew.
        Assert.True(await RawClient.IsLetPastTheEchoAsync(server, slow));
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task A_clock_that_is_set_after_the_start_neither_opens_the_window_nor_shuts_it_for_longer(int wrong)
    {
        _time.WallOffset = TimeSpan.FromSeconds(wrong);
        byte[] before = RawClient.HelloAt(new ManualTimeProvider().GetUtcNow(), TlsOnly);
        _time.Advance(TimeSpan.FromSeconds(5));
        await using TestGateway server = await StartAsync();
        _time.WallOffset = TimeSpan.Zero;
        Assert.False(await RawClient.IsLetPastTheEchoAsync(server, before));
        Assert.True(await RawClient.IsLetPastTheEchoAsync(server, RawClient.HelloAt(_time.GetUtcNow().AddMilliseconds(1), TlsOnly)));
    }

    [Fact]
    public async Task An_exit_with_a_slow_clock_is_told_why_and_gets_through_a_moment_later()
    {
        using SelfSignedFiles certificate = SelfSignedFiles.Create("tunnel.example");
        await using EchoTarget target = new();
        _time.Advance(TimeSpan.FromSeconds(60));
        await using TestGateway server = await StartAsync(inbound => inbound with { Tls = certificate.Config });
        ManualTimeProvider slow = new() { WallOffset = TimeSpan.FromSeconds(58) };
        await using PortableTransport transport = new();
        TunnelExitConfig config = TunnelPair.Exit(server.EndPoint) with { Method = TunnelMethodName.Tls, Pins = [certificate.Fingerprint] };
        await using ExitSet exits = ExitFactory.Build(TunnelPair.ClientConfig(config), transport, new SystemNameResolver(slow), slow);
        (DialFailure failure, string? detail) = await DialAsync();
        Assert.Equal(DialFailure.ProxyAuthenticationFailed, failure);
        Assert.Contains("behind while that server has just started", detail, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(3));
        slow.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((DialFailure.None, null), await DialAsync());

        async Task<(DialFailure Failure, string? Detail)> DialAsync()
        {
            DialResult dial = await exits.Get(config.Name).DialAsync(Destination.FromEndPoint(target.EndPoint), new DialContext(), default)
                .AsTask().WaitAsync(TestTransports.Patience);
            if (dial.Succeeded) await dial.Connection.DisposeAsync();
            return (dial.Failure, dial.Detail);
        }
    }

    private Task<TestGateway> StartAsync(Func<TunnelInboundConfig, TunnelInboundConfig>? change = null)
    {
        TunnelInboundConfig inbound = TunnelPair.Inbound() with { Fallback = Destination.FromEndPoint(_fallback.EndPoint) };
        GatewayConfig config = TunnelPair.ServerConfig(change?.Invoke(inbound) ?? inbound) with { Logging = new LoggingConfig { File = _log.Path } };
        return TestGateway.StartAsync(config, new GatewayOptions { Time = _time });
    }
}
