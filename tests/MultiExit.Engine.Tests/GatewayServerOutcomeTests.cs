using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>The access log's word for the end of a session, whatever kind of session it is.</summary>
public sealed class GatewayServerOutcomeTests
{
    private const int Moved = 1200;
    private const int Quota = 1000;

    /// <summary>Every kind of session with every end that it can have.</summary>
    public static TheoryData<string, string> Ends
    {
        get
        {
            TheoryData<string, string> ends = [];
            foreach (string kind in (string[])["tunnel", "silent", "response", "upload", "upgraded"])
                foreach (string end in (string[])["stopped", "idle", "drain", "quota", "revoked", "exit-disabled", "client-reset", "target-reset"])
                    // A client that waits for an answer is not read from, and its request is too short for a quota.
                    if (kind != "silent" || end is not ("client-reset" or "quota")) ends.Add(kind, end);
            return ends;
        }
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task A_session_that_was_cut_short_is_logged_with_the_reason(string kind, string end)
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync(end == "quota" ? Quota : 1L << 30);
        using ScriptedOrigin origin = new();
        using TextPeer client = await rig.ConnectAsync();
        await client.SendAsync(Request(kind, origin.EndPoint));
        using TextPeer server = await origin.AcceptedAsync();
        await BeginAsync(kind, client, server);
        Task flood = Task.CompletedTask;
        switch (end)
        {
            case "client-reset":
                client.Stream.Abort();
                // Only a write shows that the reader of a response has gone.
                if (kind == "response") flood = FloodAsync(server);
                break;
            case "target-reset":
                server.Stream.Abort();
                break;
            default:
                await rig.EndAsync(end);
                break;
        }
        Assert.Equal(("tcp", end), await rig.ReadAsync());
        await flood.WaitAsync(TestTransports.Patience);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("")]
    public async Task An_answer_that_is_not_complete_is_the_targets_fault(string answer)
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync();
        using ScriptedOrigin origin = new();
        using TextPeer client = await rig.ConnectAsync();
        await client.SendAsync(Request("silent", origin.EndPoint));
        using TextPeer server = await origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync(answer);
        await server.EndAsync();
        Assert.Equal(("tcp", "target-reset"), await rig.ReadAsync());
    }

    [Fact]
    public async Task A_request_with_a_faulty_body_is_the_clients_fault()
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync();
        using ScriptedOrigin origin = new();
        using TextPeer client = await rig.ConnectAsync();
        await client.SendAsync(Head("POST", origin.EndPoint, "Transfer-Encoding: chunked\r\n") + "4\r\ngood\r\nzz\r\n");
        using TextPeer server = await origin.AcceptedAsync();
        Assert.Equal(("tcp", "client-reset"), await rig.ReadAsync());
    }

    [Theory]
    [InlineData("response")]
    [InlineData("tunnel")]
    [InlineData("upgraded")]
    public async Task A_session_whose_two_sides_came_to_their_end_is_logged_as_ok(string kind)
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync();
        using ScriptedOrigin origin = new();
        using TextPeer client = await rig.ConnectAsync();
        await client.SendAsync(Request(kind, origin.EndPoint));
        using TextPeer server = await origin.AcceptedAsync();
        await BeginAsync(kind, client, server);
        if (kind == "response") await server.SendAsync(new string('x', 5000 - Moved));
        await server.EndAsync();
        await client.EndAsync();
        await client.ReadToEndAsync();
        Assert.Equal(("tcp", "ok"), await rig.ReadAsync());
    }

    [Fact]
    public async Task An_exchange_that_is_complete_stays_ok_when_the_client_resets_its_connection_afterwards()
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync();
        using ScriptedOrigin origin = new();
        using TextPeer client = await rig.ConnectAsync();
        await client.SendAsync(Head("GET", origin.EndPoint, "Connection: close\r\n"));
        using TextPeer server = await origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await client.ReadHeadAsync();
        Assert.Equal("ok", await client.ReadToEndAsync());
        client.Stream.Abort();
        Assert.Equal(("tcp", "ok"), await rig.ReadAsync());
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("idle")]
    [InlineData("drain")]
    [InlineData("quota")]
    [InlineData("revoked")]
    [InlineData("exit-disabled")]
    [InlineData("client-reset")]
    [InlineData("ok")]
    public async Task A_udp_association_is_logged_with_the_reason_of_its_end(string end)
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync(end == "quota" ? Quota : 1L << 30);
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        using UdpSocket target = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0), default);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0), default);
        (TextPeer control, IPEndPoint relay) = await rig.AssociateAsync();
        using TextPeer closes = control;
        IPEndPoint to = target.LocalEndPoint;
        await sender.SendAsync((byte[])[0, 0, 0, 1, 127, 0, 0, 1, (byte)(to.Port >> 8), (byte)to.Port, .. new byte[Moved]], relay, default);
        Assert.Equal(Moved, (await target.ReceiveAsync(new byte[2000], default).AsTask().WaitAsync(TestTransports.Patience)).Length);
        if (end == "client-reset") control.Stream.Abort();
        else if (end == "ok") await control.EndAsync();
        else await rig.EndAsync(end);
        Assert.Equal(("udp", end), await rig.ReadAsync());
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("idle")]
    [InlineData("drain")]
    [InlineData("exit-disabled")]
    [InlineData("client-reset")]
    [InlineData("ok")]
    public async Task A_udp_association_in_a_carrier_is_logged_with_the_reason_of_its_end(string end)
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync(EchTunnelPair.Inbound());
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        using UdpSocket target = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0), default);
        using DeployedClient client = await DeployedClient.ConnectAsync(rig.Gateway.EndPoint);
        string id = Guid.NewGuid().ToString();
        await client.SendTextAsync($"UDP_CONNECT:{id}|{target.LocalEndPoint}");
        Assert.Equal($"TUDP_CONNECTED:{id}", await client.ReceiveAsync());
        await client.SendBinaryAsync($"UDP_DATA:{id}|hello");
        Assert.Equal(5, (await target.ReceiveAsync(new byte[10], default).AsTask().WaitAsync(TestTransports.Patience)).Length);
        if (end == "client-reset") client.Dispose();
        else if (end == "ok") await client.SendTextAsync($"UDP_CLOSE:{id}");
        else await rig.EndAsync(end);
        Assert.Equal(("udp", end), await rig.ReadAsync());
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("ok")]
    public async Task A_udp_association_in_the_frames_of_a_tunnel_is_logged_with_the_reason_of_its_end(string end)
    {
        await using OutcomeGateway rig = await OutcomeGateway.StartAsync(EchTunnelPair.Inbound());
        await using PortableTransport transport = new();
        GatewayConfig config = new() { Exits = [EchTunnelPair.Exit(rig.Gateway.EndPoint)] };
        await using ExitSet exits = ExitFactory.Build(config, transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
        using UdpSocket target = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0), default);
        UdpOpenResult opened = await exits.Get("echup").OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.True(await opened.Flow!.SendAsync(Destination.FromEndPoint(target.LocalEndPoint), new byte[5], default));
        Assert.Equal(5, (await target.ReceiveAsync(new byte[10], default).AsTask().WaitAsync(TestTransports.Patience)).Length);
        if (end == "ok") await opened.Flow.DisposeAsync();
        else await rig.EndAsync(end);
        Assert.Equal(("udp", end), await rig.ReadAsync());
        await opened.Flow.DisposeAsync();
    }

    private static string Request(string kind, IPEndPoint origin) => kind switch
    {
        "tunnel" => $"CONNECT {origin} HTTP/1.1\r\nHost: {origin}\r\nProxy-Authorization: Basic {OutcomeGateway.Login}\r\n\r\n",
        "upload" => Head("POST", origin, "Content-Length: 5000\r\n") + new string('x', Moved),
        "upgraded" => Head("GET", origin, "Connection: upgrade\r\nUpgrade: test\r\n"),
        _ => Head("GET", origin, ""),
    };

    private static string Head(string method, IPEndPoint origin, string fields) =>
        $"{method} http://{origin}/ HTTP/1.1\r\nHost: {origin}\r\nProxy-Authorization: Basic {OutcomeGateway.Login}\r\n{fields}\r\n";

    // Up to the point at which bytes have moved and more are to come.
    private static async Task BeginAsync(string kind, TextPeer client, TextPeer server)
    {
        if (kind != "tunnel") await server.ReadHeadAsync();
        if (kind == "tunnel") Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        if (kind == "upload") await server.ReadAsync(Moved);
        if (kind == "silent" || kind == "upload") return;
        if (kind == "response") await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
        if (kind == "upgraded") await server.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n");
        await server.SendAsync(new string('x', Moved));
        if (kind != "tunnel") await client.ReadHeadAsync();
        await client.ReadAsync(Moved);
    }

    private static async Task FloodAsync(TextPeer server)
    {
        byte[] more = Encoding.ASCII.GetBytes(new string('x', 10));
        try
        {
            for (int sent = Moved; sent < 5000; sent += more.Length)
            {
                await server.Stream.WriteAsync(more);
                await Task.Yield();
            }
        }
        catch (IOException)
        {
            // The proxy has closed the connection.
        }
    }
}
