using System.Net;
using System.Reflection;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.SampleProtocol;

/// <summary>A protocol is its folder and its lines of the table: this one serves connections and datagrams, and no other code knows it.</summary>
public sealed class ShoutProtocolTests
{
    private const string Document =
        """
        inbounds: [{ name: in, type: shout, listen: "127.0.0.1:0", greeting: HI }]
        exits: [{ name: loud, type: shout, suffix: "!" }]
        default: loud
        """;

    private static readonly GatewayOptions Options = new() { Protocols = ShoutProtocol.Table };

    [Fact]
    public async Task A_connection_goes_in_and_out_by_it()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Load(Document), Options);
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync("example.com:80\nhello"u8.ToArray());
        Assert.Equal("HI\nHELLO", await ReadAsync(client, 8));
        await client.CompleteWritesAsync(default);
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_datagram_goes_in_and_out_by_it()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Load(Document), Options);
        using UdpSocket client = NewClient();
        Assert.Equal("example.com:53\nHELLO!", await AskAsync(client, Udp(gateway), "example.com:53\nhello"));
        Assert.Equal("192.0.2.1:53\nAGAIN!", await AskAsync(client, Udp(gateway), "192.0.2.1:53\nagain"));
        SessionRecord session = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal(("udp", "in", "loud", client.LocalEndPoint), (session.Network, session.Inbound, session.Exit, session.Client));
    }

    [Fact]
    public async Task Both_its_ports_are_listeners_of_the_status()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Load(Document), Options);
        IReadOnlyList<ListenerStatus> listeners = gateway.Server.GetStatus().Listeners;
        Assert.Equal(["in shout tcp", "in shout udp"], listeners.Select(listener => $"{listener.Inbound} {listener.Type} {listener.Network}"));
        Assert.All(listeners, listener => Assert.NotEqual(0, listener.EndPoint.Port));
    }

    [Fact]
    public async Task Its_route_is_explained_by_what_its_record_says()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Load(Document.Replace("greeting: HI", "udp: false", StringComparison.Ordinal)), Options);
        RouteQuery query = new() { Destination = Destination.FromAddress(IPAddress.Parse("192.0.2.1"), 53) };
        Assert.Equal(RouteOutcome.Served, (await gateway.Server.ExplainRouteAsync(query)).Outcome);
        RouteExplanation refused = await gateway.Server.ExplainRouteAsync(query with { Udp = true });
        Assert.Equal((RouteOutcome.Refused, "in takes no UDP"), (refused.Outcome, refused.Reason));
    }

    [Fact]
    public void Its_keys_are_checked_as_others_are()
    {
        ConfigResult read = ConfigLoader.Parse(
            new ConfigDocument(Document.Replace("suffix", "sufix", StringComparison.Ordinal), null), null, schema: ShoutProtocol.Table.Schema);
        Assert.Equal("unknown key; did you mean \"suffix\"?", Assert.Single(read.Errors).Message);
        Assert.Equal(2, ConfigLoader.Parse(Document).Errors.Count); // the product has no such types
    }

    [Fact]
    public async Task A_reload_keeps_both_sockets_and_serves_by_the_new_inbound()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Load(Document), Options);
        IPEndPoint[] before = [.. gateway.Server.GetStatus().Listeners.Select(listener => listener.EndPoint)];
        using UdpSocket client = NewClient();
        await AskAsync(client, Udp(gateway), "example.com:53\nhello");
        await gateway.Server.ReloadAsync(Load(Document.Replace("HI", "WELCOME", StringComparison.Ordinal)));
        Assert.Equal(before, gateway.Server.GetStatus().Listeners.Select(listener => listener.EndPoint));
        await AskAsync(client, Udp(gateway), "example.com:53\nhello");
        Assert.Single(gateway.Server.GetSessions());
        await using SocketStream connection = await gateway.ConnectAsync();
        await connection.WriteAsync("example.com:80\n"u8.ToArray());
        Assert.Equal("WELCOME\n", await ReadAsync(connection, 8));
    }

    [Fact]
    public async Task A_reload_that_cannot_bind_one_of_its_ports_changes_nothing()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(), Options);
        using UdpSocket taken = new(OwnEndPoints.Next());
        GatewayConfig other = new() { Inbounds = [new ShoutInboundConfig { Name = "in", Listen = taken.LocalEndPoint }] };
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ReloadAsync(other));
        Assert.Equal(ProxyError.AddressInUse, refused.Reason);
        Assert.StartsWith($"cannot listen on {taken.LocalEndPoint}: another program uses the port", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mixed", Assert.Single(gateway.Server.GetStatus().Listeners).Type);
        // Its TCP port, which could be bound, is free again.
        gateway.Transport.Listen(taken.LocalEndPoint).Dispose();
    }

    [Fact]
    public async Task A_port_that_a_reload_takes_away_serves_its_clients_to_their_end_and_can_come_back()
    {
        IPEndPoint port = OwnEndPoints.Next();
        string document = Document.Replace("127.0.0.1:0", $"{port}", StringComparison.Ordinal);
        GatewayConfig both = Load(document);
        await using TestGateway gateway = await TestGateway.StartAsync(both, Options);
        await gateway.Server.ReloadAsync(Load(document.Replace("greeting: HI", "udp: false", StringComparison.Ordinal)));
        // It had no client: another listener may have it at once.
        await gateway.Server.ReloadAsync(both);
        using UdpSocket client = NewClient();
        await AskAsync(client, port, "example.com:53\nhello");
        await gateway.Server.ReloadAsync(both with { Inbounds = [((ShoutInboundConfig)both.Inbounds[0]) with { Udp = false }] });
        Assert.Single(gateway.Server.GetStatus().Listeners);
        Assert.Equal("example.com:53\nSTILL!", await AskAsync(client, port, "example.com:53\nstill"));
        await gateway.Server.ReloadAsync(both);
        Assert.Equal(2, gateway.Server.GetStatus().Listeners.Count);
        using UdpSocket another = NewClient();
        Assert.Equal("example.com:53\nNEW!", await AskAsync(another, port, "example.com:53\nnew"));
        Assert.Equal(2, gateway.Server.GetSessions().Count);
    }

    [Fact]
    public async Task The_limits_of_connections_hold_for_clients_that_send_datagrams()
    {
        LimitsConfig limits = new() { PerClient = new ScopeLimits { Connections = 1 } };
        await using TestGateway gateway = await TestGateway.StartAsync(Load(Document) with { Limits = limits }, Options);
        using UdpSocket first = NewClient();
        await AskAsync(first, Udp(gateway), "example.com:53\nhello");
        using UdpSocket second = NewClient();
        await second.SendAsync("example.com:53\nhello"u8.ToArray(), Udp(gateway), default);
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Rejected == 1);
        Assert.Equal(1, gateway.Server.GetStatus().Connections);
        Assert.True(gateway.Server.StopSession(gateway.Server.GetSessions()[0].Id));
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Connections == 0);
        Assert.Equal("example.com:53\nNOW!", await AskAsync(second, Udp(gateway), "example.com:53\nnow"));
    }

    [Fact]
    public async Task A_datagram_against_the_protocol_is_a_fault_and_its_client_is_forgotten()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Load(Document), Options);
        using UdpSocket client = NewClient();
        await client.SendAsync("no line"u8.ToArray(), Udp(gateway), default);
        await Wait.UntilAsync(() => gateway.Server.GetStatus() is { Faults: 1, Connections: 0 });
        Assert.Equal("example.com:53\nSORRY!", await AskAsync(client, Udp(gateway), "example.com:53\nsorry"));
    }

    [Fact]
    public async Task A_stop_waits_for_the_sessions_of_datagrams_and_then_ends_them()
    {
        ManualTimeProvider time = new();
        IPEndPoint port = OwnEndPoints.Next();
        string document = Document.Replace("127.0.0.1:0", $"{port}", StringComparison.Ordinal);
        await using TestGateway gateway = await TestGateway.StartAsync(Load(document), Options with { Time = time });
        using UdpSocket client = NewClient();
        await AskAsync(client, port, "example.com:53\nhello");
        Task stop = gateway.Server.StopAsync(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(() => gateway.Server.GetStatus().State == ServerState.Draining);
        Assert.Equal("example.com:53\nLAST!", await AskAsync(client, port, "example.com:53\nlast"));
        Assert.False(stop.IsCompleted);
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return stop.IsCompleted;
        });
        await stop;
        NewClient(port).Dispose();
    }

    [Fact]
    public void Nothing_outside_its_folder_names_it()
    {
        string root = typeof(ShoutProtocolTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        string folder = Path.Combine(root, "tests", "MultiExit.Engine.Tests", "SampleProtocol") + Path.DirectorySeparatorChar;
        IEnumerable<string> sources = new[] { "src", "tests" }
            .SelectMany(part => Directory.EnumerateFiles(Path.Combine(root, part), "*.cs", SearchOption.AllDirectories));
        Assert.DoesNotContain(sources,
            path => !path.StartsWith(folder, StringComparison.Ordinal) && File.ReadAllText(path).Contains("Shout", StringComparison.Ordinal));
        Assert.DoesNotContain(ProtocolTable.Product.Inbounds, line => line.Record == typeof(ShoutInboundConfig));
    }

    private static GatewayConfig Load(string document)
    {
        ConfigResult read = ConfigLoader.Parse(new ConfigDocument(document, null), null, schema: ShoutProtocol.Table.Schema);
        Assert.Empty(read.Errors);
        return read.Config!;
    }

    private static IPEndPoint Udp(TestGateway gateway) => gateway.Server.GetStatus().Listeners.Single(listener => listener.Network == "udp").EndPoint;

    private static UdpSocket NewClient(IPEndPoint? local = null) => new(local ?? new IPEndPoint(IPAddress.Loopback, 0));

    private static async Task<string> AskAsync(UdpSocket client, IPEndPoint server, string datagram)
    {
        byte[] buffer = new byte[1024];
        Assert.True(await client.SendAsync(Encoding.UTF8.GetBytes(datagram), server, default));
        (int length, IPEndPoint source) = await client.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(server, source);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static async Task<string> ReadAsync(SocketStream client, int length)
    {
        byte[] buffer = new byte[length];
        await client.ReadExactlyAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);
        return Encoding.UTF8.GetString(buffer);
    }
}
