using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Kept-alive HTTP connections of which a reload finds some between two requests.</summary>
public sealed class GatewayServerKeepAliveTests : IDisposable
{
    private static readonly InboundConfig Another = new ForwardInboundConfig
    {
        Name = "another", Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 9)),
    };

    private readonly ScriptedOrigin _origin = new();

    public void Dispose() => _origin.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reload_loses_no_request_of_an_idle_connection(bool tls)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(tls));
        using TextPeer client = await ConnectAsync(gateway, tls);
        await AssertServedAsync(client, close: false);
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Routes = [new RouteConfig { Users = ["nobody"], Exit = "block" }] });
        await AssertServedAsync(client, close: true);
        Assert.Equal("", await client.ReadToEndAsync());
        using TextPeer next = await ConnectAsync(gateway, tls);
        await AssertServedAsync(next, close: false);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_next_request_goes_by_the_configuration_in_force_then(int reloads)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        using TextPeer client = await ConnectAsync(gateway);
        await AssertServedAsync(client, close: false);
        for (int i = 1; i < reloads; i++) await gateway.Server.ReloadAsync(gateway.Server.Config with { Name = $"reload {i}" });
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Default = "block" });
        await AssertAnsweredAsync(client, "HTTP/1.1 403 ");
        Assert.Equal(1, _origin.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_to_an_inbound_that_is_removed_is_served_once_more(bool replacedByAnotherProtocol)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        InboundConfig another = replacedByAnotherProtocol ? Another with { Name = gateway.Server.Config.Inbounds[0].Name } : Another;
        using TextPeer client = await ConnectAsync(gateway);
        await AssertServedAsync(client, close: false);
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Inbounds = [another] });
        await AssertServedAsync(client, close: true);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_inbound_on_another_port_is_asked_as_it_is_there()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        using TextPeer client = await ConnectAsync(gateway);
        await AssertServedAsync(client, close: false);
        InboundConfig moved = gateway.Server.Config.Inbounds[0] with { Listen = new IPEndPoint(IPAddress.IPv6Loopback, 0) };
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Inbounds = [moved], Default = "block" });
        await AssertAnsweredAsync(client, "HTTP/1.1 403 ");
    }

    [Fact]
    public async Task A_user_who_has_been_removed_is_not_served_once_more()
    {
        UserConfig alice = new("alice", new Secret("secret")), bob = new("bob", new Secret("secret"));
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, alice, bob));
        string login = $"Proxy-Authorization: Basic {Convert.ToBase64String("alice:secret"u8)}\r\n";
        using TextPeer client = await ConnectAsync(gateway);
        await AssertServedAsync(client, close: false, login);
        MixedInboundConfig inbound = (MixedInboundConfig)gateway.Server.Config.Inbounds[0];
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Inbounds = [inbound with { Users = [bob] }] });
        await AssertAnsweredAsync(client, "HTTP/1.1 407 ", login);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Private_destinations_that_are_no_longer_allowed_are_refused(bool byAnInboundOfAnotherName)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        using TextPeer client = await ConnectAsync(gateway);
        await AssertServedAsync(client, close: false);
        InboundConfig strict = gateway.Server.Config.Inbounds[0] with { PrivateDestinationsAllowed = false };
        if (byAnInboundOfAnotherName) strict = strict with { Name = "strict", Listen = gateway.EndPoint };
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Inbounds = [strict] });
        await AssertAnsweredAsync(client, "HTTP/1.1 403 ");
    }

    [Fact]
    public async Task It_ends_with_its_idle_time()
    {
        ManualTimeProvider time = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(), new GatewayOptions { Time = time });
        using TextPeer client = await ConnectAsync(gateway);
        await AssertServedAsync(client, close: false);
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Default = "block" });
        Task<string> end = client.ReadToEndAsync();
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(end.IsCompleted);
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return end.IsCompleted;
        });
        Assert.Equal("", await end);
    }

    [Fact]
    public async Task A_stop_ends_at_once_what_a_reload_has_left_idle()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        using TextPeer client = await ConnectAsync(gateway);
        await AssertServedAsync(client, close: false);
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Inbounds = [Another] });
        Assert.Equal(1, gateway.Server.GetStatus().Connections);
        await gateway.Server.StopAsync(TimeSpan.FromMinutes(5)).WaitAsync(TestTransports.Patience);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    private static GatewayConfig Config(bool tls) => tls
        ? new GatewayConfig
        {
            Inbounds =
            [
                new HttpInboundConfig { Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0), Tls = new TlsServerConfig { SelfSigned = true } },
            ],
        }
        : TestGateway.Mixed();

    private static async Task<TextPeer> ConnectAsync(TestGateway gateway, bool tls = false)
    {
        if (!tls) return new(await gateway.ConnectAsync());
        TlsClient client = new(new TlsClientConfig { Check = CertificateCheck.None }, Destination.FromEndPoint(gateway.EndPoint));
        return new(await client.ConnectAsync(async _ => await gateway.ConnectAsync(), default).AsTask().WaitAsync(TestTransports.Patience));
    }

    private string Get(string fields) => $"GET http://{_origin.EndPoint}/ HTTP/1.1\r\nHost: x\r\n{fields}\r\n";

    // The origin closes behind each answer, so that each request shows that it was let through.
    private async Task AssertServedAsync(TextPeer client, bool close, string fields = "")
    {
        await client.SendAsync(Get(fields));
        using TextPeer server = await _origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        Assert.Equal(close, head.Contains("Connection: close\r\n", StringComparison.Ordinal));
        Assert.Equal("ok", await client.ReadAsync(2));
    }

    private async Task AssertAnsweredAsync(TextPeer client, string status, string fields = "")
    {
        await client.SendAsync(Get(fields));
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
    }
}
