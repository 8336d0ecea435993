using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls;

namespace MultiExit.Engine.Tests;

/// <summary>The warnings about a configuration in force of which a part has no effect.</summary>
public sealed class GatewayServerWarningsTests
{
    // Of a network for documentation (RFC 5737): on no host.
    private static readonly GatewayConfig Elsewhere = TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "wan1", Address = IPAddress.Parse("203.0.113.9") }],
    };

    [Fact]
    public async Task A_warning_has_the_id_of_its_kind_in_the_status_and_in_the_log()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Elsewhere);
        ServerWarning warning = Assert.Single(gateway.Server.GetStatus().Warnings);
        Assert.Equal("MX1012", warning.Id);
        Assert.StartsWith("exit wan1: the address 203.0.113.9 is not on this host", warning.Message, StringComparison.Ordinal);
        LogEntry logged = Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX1012"] }));
        Assert.Equal((LogLevel.Warning, warning.Message), (logged.Level, logged.Message));
    }

    [Fact]
    public async Task An_inbound_that_any_page_can_use_serves_private_destinations_only_when_that_is_said()
    {
        InboundConfig[] open =
        [
            new WebSocketInboundConfig { Name = "ws", Listen = new IPEndPoint(IPAddress.Loopback, 0) },
            new EchTunnelInboundConfig { Name = "ech", Listen = new IPEndPoint(IPAddress.IPv6Loopback, 0), Origins = ["*"] },
        ];
        Assert.All(open, inbound => Assert.False(inbound.AllowsPrivateDestinations));
        Assert.All(open, inbound => Assert.True((inbound with { PrivateDestinationsAllowed = true }).AllowsPrivateDestinations));
        Assert.True(new WebSocketInboundConfig { Name = "a", Listen = open[0].Listen, Users = [new UserConfig("u", new Secret("p"))] }
            .AllowsPrivateDestinations);
        Assert.True(new EchTunnelInboundConfig { Name = "a", Listen = open[0].Listen, Tokens = [new Secret("token")] }.AllowsPrivateDestinations);
        Assert.True(new HttpInboundConfig { Name = "a", Listen = open[0].Listen }.AllowsPrivateDestinations);
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig { Name = "edge", Inbounds = open });
        Assert.Equal(["MX1024 ws", "MX1024 ech", "MX1025 ech"],
            gateway.Server.GetWarnings().Select(warning => $"{warning.Id} {warning.Message.Split(' ')[1].TrimEnd(':')}"));
        await gateway.Server.ReloadAsync(new GatewayConfig { Name = "edge", Inbounds = [open[0] with { PrivateDestinationsAllowed = true }] });
        Assert.Empty(gateway.Server.GetWarnings());
    }

    [Fact]
    public async Task A_start_warns_of_a_key_that_can_be_guessed_until_a_reload_brings_another()
    {
        TunnelExitConfig exit = new() { Name = "hub", Server = Pools.To("hub.example", 443), Key = new Secret("your-secret-key-here") };
        GatewayConfig config = TestGateway.Mixed() with { Exits = [exit] };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        Assert.Equal("MX1022", Assert.Single(gateway.Server.GetWarnings()).Id);
        Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX1022"] }));
        await gateway.Server.ReloadAsync(config with { Exits = [exit with { Key = new Secret(TunnelKey.Generate()) }] });
        Assert.Empty(gateway.Server.GetWarnings());
    }

    [Fact]
    public async Task A_reload_replaces_the_warnings_and_a_failed_one_does_not()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Elsewhere);
        GatewayConfig bad = Elsewhere with { Exits = [], Default = "nowhere" };
        await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ReloadAsync(bad));
        Assert.Equal("MX1012", Assert.Single(gateway.Server.GetWarnings()).Id);
        await gateway.Server.ReloadAsync(Elsewhere with
        {
            Exits =
            [
                new Socks5ExitConfig
                {
                    Name = "corp", Server = Pools.To("proxy.example", 443),
                    Tls = new TlsClientConfig { Ech = new EchClientConfig { Doh = new DohConfig { Url = new Uri("https://192.0.2.1/dns-query") } } },
                },
            ],
        });
        Assert.Equal("MX1013", Assert.Single(gateway.Server.GetWarnings()).Id);
        await gateway.Server.ReloadAsync(TestGateway.Mixed());
        Assert.Empty(gateway.Server.GetWarnings());
    }

    [Fact]
    public async Task A_certificate_is_warned_of_when_it_ends_while_it_is_in_use()
    {
        ManualTimeProvider time = new();
        DateTimeOffset now = time.GetUtcNow();
        using TestCertificate certificate = new(notBefore: now.AddDays(-1), notAfter: now.AddDays(89));
        GatewayConfig config = TestGateway.Mixed();
        config = config with
        {
            Inbounds = [config.Inbounds[0] with { Tls = new TlsServerConfig { CertificateFile = certificate.CertificateFile, KeyFile = certificate.KeyFile } }],
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config, new GatewayOptions { Time = time });
        Assert.Empty(gateway.Server.GetWarnings());
        time.Advance(TimeSpan.FromDays(88));
        Assert.Equal("MX1010", Assert.Single(gateway.Server.GetWarnings()).Id);
    }

    [Fact]
    public async Task A_revocation_list_is_warned_of_before_it_ends()
    {
        ManualTimeProvider time = new();
        using TemporaryFolder folder = new();
        using TestPki ca = TestPki.Root(time.GetUtcNow());
        await File.WriteAllTextAsync(folder["ca.pem"], ca.Pem);
        await File.WriteAllBytesAsync(folder["ca.crl"], ca.Revoke(TimeSpan.FromDays(10), []));
        TlsClientsConfig clients = new() { CaFile = folder["ca.pem"], CrlFiles = [folder["ca.crl"]] };
        GatewayConfig config = TestGateway.Mixed();
        config = config with { Inbounds = [config.Inbounds[0] with { Tls = new TlsServerConfig { SelfSigned = true, Clients = clients } }] };
        await using TestGateway gateway = await TestGateway.StartAsync(config, new GatewayOptions { Time = time });
        Assert.Empty(gateway.Server.GetWarnings());
        time.Advance(TimeSpan.FromDays(9));
        ServerWarning warning = Assert.Single(gateway.Server.GetWarnings());
        Assert.Equal("MX1085", warning.Id);
        Assert.Equal($"inbound proxy: the revocation list in {folder["ca.crl"]} ends on 2030-01-11 00:00 UTC; renew it", warning.Message);
    }

    [Fact]
    public async Task A_start_with_another_version_than_the_file_says_so_until_the_file_is_taken()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)));
        Assert.Empty(edge.Server.Gateway.GetWarnings());
        await edge.StopAsync();
        ConfigCheck check = await ConfigCheck.OnThisMachineAsync(ConfigLoader.LoadFile(edge.File), edge.File);
        await edge.StartAsync();
        ServerWarning warning = Assert.Single(edge.Server.GetConfig().Warnings);
        Assert.Equal("MX1017", warning.Id);
        Assert.Contains("starts with version 2", warning.Message, StringComparison.Ordinal);
        // It was known before the start, and is known while it runs.
        Assert.Equal([warning], check.Warnings);
        Assert.Equal([warning], (await ConfigCheck.OnThisMachineAsync(ConfigLoader.LoadFile(edge.File), edge.File)).Warnings);
        await edge.Server.ReloadFileAsync(Engine.Configuration.History.ConfigChange.Control);
        Assert.Empty(edge.Server.Gateway.GetWarnings());
    }

    [Fact]
    public async Task A_start_that_goes_back_behind_an_unconfirmed_change_says_so()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)), new ConfigRequest { ConfirmWithin = TimeSpan.FromSeconds(60) });
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal("MX1018", Assert.Single(edge.Server.Gateway.GetWarnings()).Id);
    }
}
