using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.WebSockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>The inbound against a deployed client (<see cref="DeployedClient"/>).</summary>
public sealed class EchTunnelInboundTests
{
    private static readonly TimeSpan Limit = DeployedClient.Limit;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mytoken-12")]
    [InlineData("mytoken-1234")]
    [InlineData("MYTOKEN-123")]
    [InlineData("mytoken-123, other")]
    [InlineData("other, mytoken-123")]
    public async Task A_token_that_is_not_the_whole_value_is_refused(string? token)
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        Assert.Equal(HttpStatusCode.Unauthorized, await DeployedClient.RefusalAsync(server.EndPoint, token));
    }

    [Fact]
    public async Task A_wrong_token_is_one_failed_login()
    {
        LimitsConfig limits = new() { Lockout = new LockoutConfig(2, TimeSpan.FromHours(1), TimeSpan.FromHours(1)) };
        await using TestGateway server = await TestGateway.StartAsync(
            new GatewayConfig { Name = "server", Inbounds = [EchTunnelPair.Inbound()], Limits = limits });
        for (int i = 0; i < 5; i++) await DeployedClient.RefusalAsync(server.EndPoint, token: null); // no guess
        await DeployedClient.RefusalAsync(server.EndPoint, "wrong");
        Assert.Empty(server.Server.GetLockedClients());
        await DeployedClient.RefusalAsync(server.EndPoint, "wrong");
        Assert.Single(server.Server.GetLockedClients());
    }

    [Fact]
    public async Task Too_many_logins_at_once_are_told_apart_from_a_back_end_that_is_away()
    {
        TaskCompletionSource over = new();
        using HttpLoginService slow = new((_, _) => over.Task);
        HttpAuthConfig auth = new() { Url = new Secret(slow.Url), Name = "edge.auth", Timeout = TimeSpan.FromMinutes(1) };
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound() with { Tokens = [], Auth = auth });
        // As many as are asked about and wait at once, and one more.
        Task<HttpStatusCode>[] logins = [.. Enumerable.Range(0, 32 + 32 + 1).Select(i => DeployedClient.RefusalAsync(server.EndPoint, $"token-{i}"))];
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await await Task.WhenAny(logins));
        await Wait.UntilAsync(() => Refused().Length > 0);
        Assert.Equal(["overloaded 1"], Refused());
        over.SetResult();
        await Task.WhenAll(logins);

        string[] Refused() => [.. server.Server.GetMetrics().Where(metric => metric.Name == "multiexit.client.refused")
            .SelectMany(metric => metric.Points).Where(point => point.Value > 0).Select(point => $"{point.Labels["reason"]} {point.Value}")];
    }

    [Fact]
    public async Task Addresses_outside_the_list_are_refused()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound() with { Allow = [IPNetwork.Parse("10.0.0.0/8")] });
        Assert.Equal(HttpStatusCode.Forbidden, await DeployedClient.RefusalAsync(server.EndPoint, EchTunnelPair.Token));
        await using TestGateway open = await EchTunnelPair.ServeAsync(
            EchTunnelPair.Inbound() with { Allow = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("127.0.0.0/8")] });
        using DeployedClient client = await DeployedClient.ConnectAsync(open.EndPoint);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tunnel2")]
    [InlineData("/tunnel/")]
    [InlineData("/TUNNEL")]
    public async Task Other_paths_are_not_found(string path)
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        Assert.Equal(HttpStatusCode.NotFound, await DeployedClient.RefusalAsync(server.EndPoint, EchTunnelPair.Token, path));
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("https://app.example", 101)]
    public async Task A_web_page_comes_in_from_a_listed_origin_only_and_its_token_is_no_guess_before(string origin, int status)
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound() with { Origins = ["https://app.example"] });
        await using SocketStream client = await server.ConnectAsync();
        string token = status == 101 ? EchTunnelPair.Token : "wrong";
        await client.WriteAsync(Encoding.ASCII.GetBytes(WebSocketPeer.Request($"Origin: {origin}\r\nSec-WebSocket-Protocol: {token}\r\n", "/tunnel")));
        byte[] answer = new byte[12];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal($"HTTP/1.1 {status}", Encoding.ASCII.GetString(answer));
        await Wait.UntilAsync(() => server.Server.GetStatus().RefusedHandshakes == (status == 403 ? 1 : 0));
        Assert.Equal(0, server.Server.GetStatus().FailedLogins);
    }

    [Fact]
    public async Task Without_a_token_any_client_is_served()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound() with { Tokens = [], PrivateDestinationsAllowed = true });
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint, token: null, path: "/tunnel?x=1");
        await client.OpenAsync(target.EndPoint);
    }

    [Fact]
    public async Task Data_is_raw_whatever_the_frame()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        const string First = "\u00ff\u00fe|first|\u0000"; // not UTF-8, with bars
        string id = await client.OpenAsync(target.EndPoint, First);
        Assert.Equal($"BDATA:{id}|{First}", await client.ReceiveAsync());
        await client.SendTextAsync($"DATA:{id}|\u00c3|text");
        Assert.Equal($"BDATA:{id}|\u00c3|text", await client.ReceiveAsync());
        await client.SendBinaryAsync($"DATA:{id}|binary");
        Assert.Equal($"BDATA:{id}|binary", await client.ReceiveAsync());
        await client.SendTextAsync($"CLOSE:{id}");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
        await client.SendTextAsync($"CLOSE:{id}");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_first_frame_has_a_limit()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = Guid.NewGuid().ToString();
        await client.SendTextAsync($"TCP:{id}|{target.EndPoint}|{new string('x', 32769)}");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
        await client.OpenAsync(target.EndPoint, new string('x', 32768));
    }

    [Fact]
    public async Task A_failed_dial_is_answered_with_close_alone()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = Guid.NewGuid().ToString();
        await client.SendTextAsync($"TCP:{id}|127.0.0.1:1|GET");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
        await client.SendTextAsync($"TCP:{id}|no address");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Private_destinations_are_refused_where_the_inbound_says_so()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound() with { PrivateDestinationsAllowed = false });
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = Guid.NewGuid().ToString();
        await client.SendTextAsync($"TCP:{id}|{target.EndPoint}|x");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
    }

    [Fact]
    public async Task The_targets_end_comes_after_its_data()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        using TcpListener target = Listen();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = await client.OpenAsync((IPEndPoint)target.LocalEndpoint, "request");
        using (TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(Limit))
        {
            await accepted.GetStream().ReadExactlyAsync(new byte[7]).AsTask().WaitAsync(Limit);
            await accepted.GetStream().WriteAsync(new byte[1 << 20]);
        }
        long got = 0;
        string message;
        while ((message = await client.ReceiveAsync()) != $"TCLOSE:{id}") got += message.Length - $"BDATA:{id}|".Length;
        Assert.Equal(1 << 20, got);
    }

    [Fact]
    public async Task What_came_before_close_reaches_the_target()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        using TcpListener target = Listen();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = await client.OpenAsync((IPEndPoint)target.LocalEndpoint);
        using TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        string part = new('x', 32 * 1024);
        for (int i = 0; i < 64; i++) await client.SendTextAsync($"DATA:{id}|{part}");
        await client.SendTextAsync($"CLOSE:{id}");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
        using MemoryStream all = new();
        await accepted.GetStream().CopyToAsync(all).WaitAsync(Limit);
        Assert.Equal(2 << 20, all.Length);
    }

    [Fact]
    public async Task A_claim_for_a_session_of_another_channel_is_ignored()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        await using EchoTarget target = new();
        using DeployedClient winner = await DeployedClient.ConnectAsync(server.EndPoint);
        using DeployedClient late = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = await winner.OpenAsync(target.EndPoint);
        await late.SendTextAsync($"CLAIM:{id}|1");
        string other = Guid.NewGuid().ToString();
        await late.SendTextAsync($"CLAIM:{other}|1");
        Assert.Equal($"TCLAIM_ACK:{other}|1", await late.ReceiveAsync());
        await late.SendTextAsync($"TCP:{id}|{target.EndPoint}|stolen");
        Assert.Equal($"TCLOSE:{id}", await late.ReceiveAsync());
        await winner.SendTextAsync($"DATA:{id}|mine");
        Assert.Equal($"BDATA:{id}|mine", await winner.ReceiveAsync());
    }

    [Theory]
    [InlineData("DATA:not-an-id|x")]
    [InlineData("TCP:")]
    [InlineData("CLAIM:0f8fad5b-d9cb-469f-a165-70867728950e|a channel index that never ends")]
    [InlineData("CONNECTED:0f8fad5b-d9cb-469f-a165-70867728950e")]
    public async Task A_client_that_breaks_the_format_loses_its_channel(string message)
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        await client.SendTextAsync("FUTURE:word");
        await client.SendTextAsync(message);
        await Assert.ThrowsAsync<WebSocketException>(client.ReceiveAsync);
        await Wait.UntilAsync(() => server.Server.GetStatus().Faults == 1);
    }

    [Fact]
    public async Task A_message_of_hostile_length_ends_the_channel()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        Task sending = client.SendAsync(WebSocketMessageType.Binary, new byte[1 << 20]);
        await Record.ExceptionAsync(() => sending);
        Exception? exception = await Record.ExceptionAsync(async () => Assert.Equal("closed", await client.ReceiveAsync()));
        Assert.True(exception is null or WebSocketException, exception?.ToString());
    }

    [Theory]
    [InlineData(2, 1L << 30)]
    [InlineData(4096, 1 << 20)] // 256 KiB for each and a quarter beside: three
    public async Task Sessions_are_bounded(int most, long memory)
    {
        await using TestGateway server = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [EchTunnelPair.Inbound() with { MaxStreams = most }], Limits = new LimitsConfig { SessionMemory = memory },
        });
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        for (int i = 0; i < Math.Min(most, 3); i++) await client.OpenAsync(target.EndPoint);
        string further = Guid.NewGuid().ToString();
        await client.SendTextAsync($"TCP:{further}|{target.EndPoint}");
        Assert.Equal($"TCLOSE:{further}", await client.ReceiveAsync());
    }

    [Fact]
    public async Task An_association_goes_to_the_target_named_last()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        using UdpClient first = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient second = new(new IPEndPoint(IPAddress.Loopback, 0));
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = Guid.NewGuid().ToString();
        foreach (UdpClient target in new[] { first, second, first })
        {
            EndPoint address = target.Client.LocalEndPoint!;
            await client.SendTextAsync($"UDP_CONNECT:{id}|{address}");
            Assert.Equal($"TUDP_CONNECTED:{id}", await client.ReceiveAsync());
            await client.SendBinaryAsync($"UDP_DATA:{id}|ping|{address}");
            UdpReceiveResult received = await target.ReceiveAsync().WaitAsync(Limit);
            Assert.Equal($"ping|{address}", Encoding.ASCII.GetString(received.Buffer));
            await target.SendAsync(Encoding.Latin1.GetBytes("\u00ff|pong"), received.RemoteEndPoint);
            Assert.Equal($"BUDP_DATA:{id}|{address}|\u00ff|pong", await client.ReceiveAsync());
        }
        await client.SendTextAsync($"UDP_CLOSE:{id}");
        await client.SendTextAsync($"UDP_CONNECT:{id}|nowhere");
        Assert.StartsWith($"TUDP_ERROR:{id}|", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L << 30)] // there is a limit, but its target does not wait for it
    public async Task A_target_that_takes_nothing_while_others_wait_costs_its_own_session(long? bandwidth)
    {
        ManualTimeProvider time = new();
        LimitsConfig limits = new() { PerClient = new ScopeLimits { Bandwidth = bandwidth }, IdleTimeout = TimeSpan.FromDays(1) };
        await using TestGateway server = await TestGateway.StartAsync(
            new GatewayConfig { Inbounds = [EchTunnelPair.Inbound()], Limits = limits }, new GatewayOptions { Time = time });
        using TcpListener stalled = Listen();
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string victim = await client.OpenAsync((IPEndPoint)stalled.LocalEndpoint);
        List<string> others = [];
        for (int i = 0; i < 63; i++) others.Add(await client.OpenAsync(target.EndPoint));
        string part = new('x', 32 * 1024);
        Task<string> next = client.ReceiveAsync();
        // All that the buffers on the way take; the session's own bound comes after them.
        Task sending = SendUntilAsync(next);
        await Wait.UntilAsync(async () =>
        {
            // Slow enough that the client's answers to pings are never late.
            await Task.WhenAny(next, Task.Delay(20));
            time.Advance(EchTunnelCarrier.StallTime);
            return next.IsCompleted;
        });
        Assert.Equal($"TCLOSE:{victim}", await next);
        await sending.WaitAsync(Limit);
        foreach (string other in others)
        {
            await client.SendTextAsync($"DATA:{other}|still here");
            Assert.Equal($"BDATA:{other}|still here", await client.ReceiveAsync());
        }

        async Task SendUntilAsync(Task ended)
        {
            for (int i = 0; i < 4096 && !ended.IsCompleted; i++) await client.SendTextAsync($"DATA:{victim}|{part}");
        }
    }

    [Fact]
    public async Task An_idle_session_ends()
    {
        await using TestGateway server = await TestGateway.StartAsync(
            new GatewayConfig { Inbounds = [EchTunnelPair.Inbound()], Limits = new LimitsConfig { IdleTimeout = TimeSpan.FromMilliseconds(200) } });
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = await client.OpenAsync(target.EndPoint);
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_reload_holds_for_old_channels_too()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        EchTunnelInboundConfig inbound = EchTunnelPair.Inbound(); // the same name and port 0: the listener stays
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = await client.OpenAsync(target.EndPoint);

        await server.Server.ReloadAsync(new GatewayConfig { Inbounds = [inbound], Default = "block" });
        string other = Guid.NewGuid().ToString();
        await client.SendTextAsync($"TCP:{other}|{target.EndPoint}");
        Assert.Equal($"TCLOSE:{other}", await client.ReceiveAsync()); // the new rules
        await client.SendTextAsync($"DATA:{id}|still");
        Assert.Equal($"BDATA:{id}|still", await client.ReceiveAsync()); // live sessions keep their route

        await server.Server.ReloadAsync(new GatewayConfig { Inbounds = [inbound with { Tokens = [new Secret("another")] }] });
        await client.SendTextAsync($"TCP:{other}|{target.EndPoint}");
        Assert.Equal($"TCLOSE:{other}", await client.ReceiveAsync()); // the token no longer holds
        await client.SendTextAsync($"CLOSE:{id}");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
        Assert.Equal("closed", await client.ReceiveAsync()); // its last session has ended
    }

    [Fact]
    public async Task Private_destinations_that_a_reload_forbids_are_refused_on_old_channels_too()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        await using EchoTarget target = new();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        await client.OpenAsync(target.EndPoint);
        await server.Server.ReloadAsync(new GatewayConfig { Inbounds = [EchTunnelPair.Inbound() with { PrivateDestinationsAllowed = false }] });
        string other = Guid.NewGuid().ToString();
        await client.SendTextAsync($"TCP:{other}|{target.EndPoint}");
        Assert.Equal($"TCLOSE:{other}", await client.ReceiveAsync());
    }

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
