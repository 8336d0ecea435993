using System.Diagnostics;
using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests;

/// <summary>What an operator hears of the carriers of a running server, before and without any request.</summary>
public sealed class GatewayServerCarrierTests
{
    [Theory]
    [InlineData("token", "the ECH tunnel server {0} refuses the token (401)")]
    [InlineData("no token", "the ECH tunnel server {0} asks for a token (401)")]
    [InlineData("path", "the ECH tunnel server {0} has nothing at the configured path (404)")]
    [InlineData("address", "the ECH tunnel server {0} does not let this client in (403): not from its address, or not with this token")]
    public async Task What_is_wrong_with_an_ech_tunnel_is_said_at_the_start(string wrong, string reason)
    {
        EchTunnelInboundConfig inbound = EchTunnelPair.Inbound();
        if (wrong == "address") inbound = inbound with { Allow = [IPNetwork.Parse("192.0.2.0/24")] };
        await using TestGateway server = await EchTunnelPair.ServeAsync(inbound);
        EchTunnelExitConfig good = EchTunnelPair.Exit(server.EndPoint);
        await using TestGateway client = await EchTunnelPair.ConnectAsync(wrong switch
        {
            "token" => good with { Token = new Secret("another") },
            "no token" => good with { Token = null },
            "path" => good with { Path = "/elsewhere" },
            _ => good,
        });
        await SaysAsync(client, string.Format(null, reason, server.EndPoint));
        if (wrong == "token") Assert.Equal(1, server.Server.GetStatus().FailedLogins); // tried once, whatever `carriers` says
        if (wrong == "address") return;
        await client.Server.ReloadAsync(client.Server.Config with { Exits = [good] });
        await IsBackAsync(client);
    }

    [Theory]
    [InlineData("ech-tunnel")]
    [InlineData("tunnel")]
    public async Task A_certificate_that_is_not_trusted_is_said_at_the_start(string type)
    {
        using SelfSignedFiles right = SelfSignedFiles.Create("127.0.0.1");
        using SelfSignedFiles wrong = SelfSignedFiles.Create("127.0.0.1");
        await using TestGateway server = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [type == "tunnel" ? TunnelPair.Inbound() with { Tls = right.Config } : EchTunnelPair.Inbound() with { Tls = right.Config }],
        });
        ExitConfig Exit(SelfSignedFiles trusted) => type == "tunnel"
            ? TunnelPair.Exit(server.EndPoint) with { CaFile = trusted.CertificateFile }
            : EchTunnelPair.Exit(server.EndPoint) with { Tls = new TlsClientConfig { CaFile = trusted.CertificateFile } };
        await using TestGateway client = await ConnectAsync(Exit(wrong));
        Assert.StartsWith($"TLS with {server.EndPoint}: ", await SaysAsync(client, null), StringComparison.Ordinal);
        Assert.Contains("certificate", StatusOf(client).LastError, StringComparison.Ordinal);
        await client.Server.ReloadAsync(client.Server.Config with { Exits = [Exit(right)] });
        await IsBackAsync(client);
    }

    [Fact]
    public async Task A_key_that_the_server_does_not_know_is_said_at_the_start()
    {
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound()));
        TunnelExitConfig wrong = TunnelPair.Exit(server.EndPoint) with { Key = new Secret("another"), Timeout = TimeSpan.FromSeconds(1) };
        await using TestGateway client = await ConnectAsync(wrong);
        Assert.Contains("handshake", await SaysAsync(client, null), StringComparison.Ordinal);
        await client.Server.ReloadAsync(TunnelPair.ClientConfig(TunnelPair.Exit(server.EndPoint)));
        await IsBackAsync(client);
    }

    [Theory]
    [InlineData("tunnel")]
    [InlineData("frames")]
    [InlineData("plain")]
    public async Task A_server_that_stops_while_nobody_asks_for_anything_is_missed_and_noticed_when_it_is_back(string kind)
    {
        IPEndPoint endPoint = OwnEndPoints.Next();
        TestGateway server = await ServeAsync(kind, endPoint);
        await using TestGateway client = await ConnectAsync(ExitOf(kind, endPoint));
        await Wait.UntilAsync(() => StatusOf(client) is { Count: 1, LostSince: null });
        await server.DisposeAsync();
        DateTimeOffset stopped = DateTimeOffset.UtcNow;
        string reason = await SaysAsync(client, null);
        Assert.InRange(StatusOf(client).LostSince!.Value, stopped - TestTransports.Patience, DateTimeOffset.UtcNow);
        Assert.StartsWith("the last one ended (", reason, StringComparison.Ordinal);
        string what = kind == "tunnel" ? "tunnel" : "ECH tunnel";
        Assert.Contains($"), and another cannot be opened: the {what} server {endPoint} cannot be reached: ", reason, StringComparison.Ordinal);
        Assert.Equal(0, StatusOf(client).Count);
        await using TestGateway again = await ServeAsync(kind, endPoint);
        await IsBackAsync(client);
        Assert.Equal(0, client.Server.GetStatus().TotalSessions);
    }

    // As when its host loses power: nothing says that the connection is gone.
    [Theory]
    [InlineData("tunnel")]
    [InlineData("frames")]
    [InlineData("plain")]
    public async Task A_server_whose_packets_stay_away_while_nobody_asks_for_anything_is_missed(string kind)
    {
        ManualTimeProvider time = new();
        await using TestGateway server = await ServeAsync(kind, OwnEndPoints.Next(), new GatewayOptions { Time = time });
        await using BreakableRelay relay = new(server.EndPoint);
        await using TestGateway client = await ConnectAsync(ExitOf(kind, relay.EndPoint), new GatewayOptions { Time = time });
        await Wait.UntilAsync(() => StatusOf(client) is { Count: 1, LostSince: null });
        relay.IsBroken = true;
        await PassUntilAsync(time, client, "MX3007");
        string reason = await SaysAsync(client, null);
        Assert.StartsWith("the last one ended (no answer to a ping within 10 s), and another cannot be opened: ", reason, StringComparison.Ordinal);
        Assert.Equal(0, StatusOf(client).Count);
        relay.IsBroken = false;
        await PassUntilAsync(time, client, "MX3008");
        await IsBackAsync(client);
    }

    [Fact]
    public async Task The_control_endpoint_shows_the_carriers_of_those_exits_that_have_some()
    {
        GatewayConfig config = TestGateway.Mixed() with
        {
            Exits = [EchTunnelPair.Exit(new IPEndPoint(IPAddress.Loopback, 1)), new DirectExitConfig { Name = "a" }],
        };
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(config);
        await Wait.UntilAsync(() => Lines(gateway.Server, "MX3007").Count == 1);
        IReadOnlyList<ExitStatus> exits = await gateway.Client.GetExitsAsync();
        ExitCarriers carriers = exits.Single(exit => exit.Name == "echup").Carriers!;
        Assert.Equal(0, carriers.Count);
        Assert.Equal(gateway.Server.GetExits().Single(exit => exit.Name == "echup").Carriers!.LostSince, carriers.LostSince);
        Assert.StartsWith("the ECH tunnel server 127.0.0.1:1 cannot be reached: ", carriers.LastError, StringComparison.Ordinal);
        Assert.All(exits.Where(exit => exit.Name != "echup"), exit => Assert.Null(exit.Carriers));
        string answer = await gateway.AskAsync("GET", "/exits/echup");
        JsonElement shown = JsonDocument.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("carriers");
        Assert.Equal(["count", "lost_since", "last_error"], shown.EnumerateObject().Select(property => property.Name));
    }

    private static ExitConfig ExitOf(string kind, IPEndPoint server) =>
        kind == "tunnel" ? TunnelPair.Exit(server) : EchTunnelPair.Exit(server) with { PlainOnly = kind == "plain" };

    private static Task<TestGateway> ServeAsync(string kind, IPEndPoint endPoint, GatewayOptions? options = null) => TestGateway.StartAsync(
        new GatewayConfig
        {
            Inbounds =
            [
                kind == "tunnel" ? TunnelPair.Inbound() with { Listen = endPoint } : EchTunnelPair.Inbound() with { Listen = endPoint },
            ],
        }, options);

    private static Task<TestGateway> ConnectAsync(ExitConfig exit, GatewayOptions? options = null) =>
        TestGateway.StartAsync(TestGateway.Mixed() with { Name = "client", Exits = [exit], Default = exit.Name }, options);

    // Slowly enough for what answers at once.
    // What is known of the client stands in the failure: the state has stayed away once, and only in a run of all tests.
    private static async Task PassUntilAsync(ManualTimeProvider time, TestGateway client, string id)
    {
        DateTimeOffset began = time.GetUtcNow();
        Stopwatch waited = Stopwatch.StartNew();
        while (Lines(client.Server, id).Count == 0)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1);
            if (waited.Elapsed < TestTransports.Patience) continue;
            IEnumerable<string> log = client.Server.GetLog(new LogQuery()).Select(entry => $"{entry.Time:HH:mm:ss.fff} {entry.Message}");
            Assert.Fail($"{id} did not come in {(time.GetUtcNow() - began).TotalSeconds} s of the test's clock, {time.Armed} timers are armed, "
                + $"{StatusOf(client)}; the log: {string.Join("\n", log)}");
        }
    }

    private static ExitCarriers StatusOf(TestGateway client) => client.Server.GetExits().Single(exit => exit.Name == client.Server.Config.Default).Carriers!;

    private static IReadOnlyList<LogEntry> Lines(GatewayServer server, string id) => server.GetLog(new LogQuery { Ids = [id] });

    // One warning, and the state says the same.
    private static async Task<string> SaysAsync(TestGateway client, string? reason)
    {
        await Wait.UntilAsync(() => Lines(client.Server, "MX3007").Count > 0);
        LogEntry line = Assert.Single(Lines(client.Server, "MX3007"));
        string beginning = $"exit {client.Server.Config.Default} has no carrier to its server: ";
        Assert.StartsWith(beginning, line.Message, StringComparison.Ordinal);
        string told = line.Message[beginning.Length..];
        if (reason is not null) Assert.Equal(reason, told);
        ExitCarriers status = StatusOf(client);
        Assert.NotNull(status.LostSince);
        Assert.NotNull(status.LastError);
        Assert.Empty(Lines(client.Server, "MX3008"));
        return told;
    }

    private static async Task IsBackAsync(TestGateway client)
    {
        await Wait.UntilAsync(() => Lines(client.Server, "MX3008").Count > 0);
        string message = Assert.Single(Lines(client.Server, "MX3008")).Message;
        Assert.StartsWith($"exit {client.Server.Config.Default} has a carrier to its server again, after ", message, StringComparison.Ordinal);
        Assert.True(StatusOf(client) is { Count: > 0, LostSince: null });
        Assert.Single(Lines(client.Server, "MX3007"));
    }
}
