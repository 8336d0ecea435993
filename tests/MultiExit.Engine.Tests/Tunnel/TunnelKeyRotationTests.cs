using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>Keys, tokens and pins are changed while both sides run: the new one is added, the clients follow, the old one is removed.</summary>
public sealed class TunnelKeyRotationTests
{
    private const string Old = TunnelPair.Key, New = "the key that comes after it";

    [Fact]
    public async Task A_server_takes_clients_with_any_of_its_keys_and_counts_them()
    {
        using LogFile log = new();
        await using EchoTarget target = new();
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound() with { Keys = [new(New), new(Old)] })
            with { Logging = new LoggingConfig { File = log.Path } });
        await using TestGateway early = await TestGateway.StartAsync(TunnelPair.ClientConfig(TunnelPair.Exit(server.EndPoint) with { Carriers = 1 }));
        await using TestGateway late = await TestGateway.StartAsync(
            TunnelPair.ClientConfig(TunnelPair.Exit(server.EndPoint) with { Carriers = 1, Key = new(New) }));
        await EchoAsync(early, target);
        await EchoAsync(late, target);
        IReadOnlyList<SecretStatus> keys = Keys(server);
        Assert.Equal([(0, 1, 1L), (1, 1, 1L)], keys.Select(key => (key.Index, key.Carriers, key.TotalCarriers)));
        Assert.All(keys, key => Assert.NotNull(key.LastUsed));

        // The old key is removed; its carriers end, and the counts of the new one stay.
        await early.Server.StopAsync(TimeSpan.Zero);
        await Wait.UntilAsync(() => Keys(server)[1].Carriers == 0);
        await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [TunnelPair.Inbound() with { Keys = [new(New)] }] });
        Assert.Equal([(0, 1L)], Keys(server).Select(key => (key.Index, key.TotalCarriers)));
        await AssertRefusedAsync(server, Old);
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello(New)));
        await server.DisposeAsync();
        string text = await log.ReadAsync();
        Assert.Contains("MX2020 inbound edge", text, StringComparison.Ordinal);
        Assert.Contains("came in with key[1], not with the first one", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Old, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_in_no_list_is_refused()
    {
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound() with { Keys = [new(New), new(Old)] }));
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello(New)));
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello(Old)));
        await AssertRefusedAsync(server, "a third key");
    }

    [Fact]
    public async Task What_was_counted_for_a_key_goes_with_it_to_another_place()
    {
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound()));
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello(Old)));
        await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [TunnelPair.Inbound() with { Keys = [new(New), new(Old)] }] });
        Assert.Equal([(0, 0L), (1, 1L)], Keys(server).Select(key => (key.Index, key.TotalCarriers)));
    }

    [Fact]
    public async Task A_reload_that_fails_forgets_nothing_that_was_counted_for_a_key()
    {
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound()));
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello(Old)));
        await Wait.UntilAsync(() => Keys(server)[0].Carriers == 0);
        using TcpListener busy = new(IPAddress.Loopback, 0);
        busy.Start();
        TunnelInboundConfig other = TunnelPair.Inbound() with { Keys = [new(New)] };
        await Assert.ThrowsAsync<ProxyException>(() => server.Server.ReloadAsync(server.Server.Config with
        {
            Inbounds = [other, TunnelPair.Inbound() with { Name = "busy", Listen = (IPEndPoint)busy.LocalEndpoint }],
        }));
        await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [other with { Keys = [new(New), new(Old)] }] });
        Assert.Equal([(0, 0L), (1, 1L)], Keys(server).Select(key => (key.Index, key.TotalCarriers)));
    }

    [Fact]
    public async Task What_was_counted_for_a_key_goes_once_the_key_is_gone()
    {
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound()));
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello(Old)));
        await Wait.UntilAsync(() => Keys(server)[0].Carriers == 0);
        foreach (string key in (string[])[New, Old])
            await server.Server.ReloadAsync(server.Server.Config with { Inbounds = [TunnelPair.Inbound() with { Keys = [new(key)] }] });
        Assert.Equal([(0, 0L)], Keys(server).Select(key => (key.Index, key.TotalCarriers)));
    }

    [Fact]
    public async Task Any_of_the_pinned_certificates_will_do_and_no_other()
    {
        using SelfSignedFiles certificate = SelfSignedFiles.Create("localhost");
        await using EchoTarget target = new();
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound() with { Tls = certificate.Config }));
        string another = new('0', 64);
        await using TestGateway client = await TestGateway.StartAsync(
            TunnelPair.ClientConfig(TunnelPair.Exit(server.EndPoint) with { Pins = [another, certificate.Fingerprint] }));
        await EchoAsync(client, target);
        await using TestGateway wrong = await TestGateway.StartAsync(TunnelPair.ClientConfig(TunnelPair.Exit(server.EndPoint) with { Pins = [another] }));
        ExitProbe probe = await wrong.Server.ProbeExitAsync("hub", $"tcp://{target.EndPoint}");
        Assert.False(probe.Succeeded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_ech_tunnel_takes_any_of_its_tokens(bool plain)
    {
        await using EchoTarget target = new();
        await using EchTunnelPair pair = await EchTunnelPair.StartAsync(
            plain, inbound => inbound with { Tokens = [new("a-new-token"), new(EchTunnelPair.Token)] }, exit => exit with { Carriers = 1 });
        await EchoAsync(pair.Client, target);
        Assert.Equal([(0, 0L), (1, 1L)], Keys(pair.Server).Select(key => (key.Index, key.TotalCarriers)));
        // The carrier goes on when the server drops what it did not come in with, and its sessions are taken over.
        await pair.Server.Server.ReloadAsync(pair.Server.Server.Config with
        {
            Inbounds = [.. pair.Server.Server.Config.Inbounds.Cast<EchTunnelInboundConfig>()
                .Select(inbound => inbound with { Tokens = [new(EchTunnelPair.Token)] })],
        });
        await EchoAsync(pair.Client, target);
    }

    private static async Task AssertRefusedAsync(TestGateway server, string key)
    {
        long before = server.Server.GetStatus().RefusedHandshakes;
        await using DuplexStream prober = await RawClient.ConnectAsync(server);
        await prober.WriteAsync(RawClient.Hello(key));
        await Wait.UntilAsync(() => server.Server.GetStatus().RefusedHandshakes == before + 1);
    }

    private static IReadOnlyList<SecretStatus> Keys(TestGateway server) => server.Server.GetStatus().Listeners[0].Secrets;

    private static async Task EchoAsync(TestGateway client, EchoTarget target)
    {
        await using SocketStream connection = await client.ConnectThroughAsync(target.EndPoint);
        await connection.WriteAsync("ping"u8.ToArray());
        byte[] back = new byte[4];
        await connection.ReadExactlyAsync(back).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("ping"u8, back);
    }
}
