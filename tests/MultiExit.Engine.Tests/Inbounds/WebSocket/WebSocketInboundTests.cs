using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Inbounds.WebSocket;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.WebSockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.WebSocket;

public sealed class WebSocketInboundTests : IAsyncDisposable
{
    private const string Ours = "Sec-WebSocket-Extensions: multiexit-half-close\r\n";
    private const string Alice = "X-Proxy-Username: alice\r\nX-Proxy-Password: wonder\r\n";
    private readonly FakeDispatcher _dispatcher = new();
    private readonly InboundHost _host;
    private readonly InboundHost _closed;

    public WebSocketInboundTests()
    {
        _host = new InboundHost(new PortableTransport(), Inbound(), _dispatcher);
        _closed = new InboundHost(new PortableTransport(), Inbound(new UserConfig("alice", new Secret("wonder"))), _dispatcher);
    }

    private static UsersInForce Of(UserConfig[] users) => new(new UserDirectory(users, TimeProvider.System));

    private static IInbound Inbound(params UserConfig[] users) => Inbound(trueAnswers: false, users);

    private static IInbound Inbound(bool trueAnswers, params UserConfig[] users) =>
        new WebSocketInbound(new WebSocketPing(), Of(users), trueAnswers, TimeProvider.System);

    private static IInbound Inbound(string? origin, params UserConfig[] users) =>
        new WebSocketInbound(new WebSocketPing(), Of(users), trueAnswers: false, TimeProvider.System) { Origins = origin is null ? [] : [origin] };

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _closed.DisposeAsync();
    }

    [Theory]
    [InlineData("X-Proxy-Target-Host: a.test\r\nX-Proxy-Target-Port: 80\r\n", "/x/y", "a.test:80")]
    [InlineData("x-proxy-target-host: 2001:db8::1\r\nX-PROXY-TARGET-PORT: 443\r\n", "/", "[2001:db8::1]:443")]
    [InlineData("", "/?host=a.test&port=80", "a.test:80")]
    [InlineData("", "/p?x=1&host=%5B2001:db8::1%5D&port=443&y", "[2001:db8::1]:443")]
    [InlineData("X-Proxy-Target-Host: a.test\r\nX-Proxy-Target-Port: 80\r\n", "/?host=b.test&port=81", "a.test:80")]
    [InlineData("X-Proxy-Target-Host: a.test\r\n", "/?host=b.test&port=81", "a.test:81")]
    public async Task The_target_stands_in_fields_or_in_the_query(string fields, string path, string target)
    {
        using TextPeer client = await _host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(fields, path));
        Assert.Equal(WebSocketPeer.Accepted + "\r\n", await client.ReadHeadAsync());
        RequestInfo request = await _dispatcher.NextRequestAsync();
        Assert.Equal((target, null), (request.Destination.ToString(), request.User));
        Assert.Equal(1, _host.Handshakes);
        await client.SendHexAsync(WebSocketPair.Masked(0x81, 1, 2) + WebSocketPair.Masked(0x82, 3));
        Assert.Equal("8202", (await client.ReadHexAsync(2)).Replace("8203", "8202", StringComparison.Ordinal)); // one message or two
    }

    [Theory]
    [InlineData("", 401)]
    [InlineData("X-Proxy-Username: alice\r\n", 401)]
    [InlineData("X-Proxy-Username: alice\r\nX-Proxy-Password: Wonder\r\n", 401)]
    [InlineData("X-Proxy-Username: bob\r\nX-Proxy-Password: wonder\r\n", 401)]
    [InlineData(Alice + "X-Proxy-Username: alice\r\n", 400)]
    [InlineData(Alice, 101)]
    public async Task Credentials_are_asked_for_before_the_upgrade(string fields, int status)
    {
        using TextPeer client = await _closed.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80) + fields));
        string head = await client.ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        if (status == 101)
        {
            Assert.Equal("alice", (await _dispatcher.NextRequestAsync()).User);
            return;
        }
        await client.EndAsync();
        await client.ReadToEndAsync();
        await _closed.EndedAsync();
        ProxyException fault = Assert.IsType<ProxyException>(Assert.Single(_closed.Exceptions));
        Assert.DoesNotContain("onder", fault.Message, StringComparison.Ordinal);
        Assert.Equal(status == 401, head.Contains("WWW-Authenticate: X-Proxy realm=\"multiexit\"\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://evil.example", "https://app.example")]
    [InlineData("null", "https://app.example")]
    [InlineData("https://app.example.evil.example", "https://app.example")]
    [InlineData("https://app.example:8443", "https://app.example")]
    [InlineData("http://app.example", "https://app.example")]
    [InlineData("https://app.example\r\nOrigin: https://app.example", "https://app.example")]
    [InlineData("", "https://app.example")]
    [InlineData("https://evil.example", null)]
    public async Task A_web_page_that_nobody_asked_in_is_refused_before_its_credentials_are_looked_at(string origin, string? allowed)
    {
        await using InboundHost host = new(new PortableTransport(), Inbound(allowed, new UserConfig("alice", new Secret("wonder"))), _dispatcher);
        using TextPeer client = await host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(
            $"Origin: {origin}\r\n" + WebSocketPeer.Target("127.0.0.1", 80) + Alice.Replace("wonder", "wrong", StringComparison.Ordinal)));
        string answer = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        await client.EndAsync();
        Assert.Contains("(origins)", answer + await client.ReadToEndAsync(), StringComparison.Ordinal);
        await host.EndedAsync();
        Assert.Equal(ProxyError.AccessRefused, Assert.IsType<ProxyException>(Assert.Single(host.Exceptions)).Reason);
    }

    [Theory]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("https://APP.example", "https://app.EXAMPLE")]
    [InlineData("null", "*")]
    [InlineData("https://any.example:1", "*")]
    public async Task A_web_page_of_a_listed_origin_is_served(string origin, string allowed)
    {
        await using InboundHost host = new(new PortableTransport(), Inbound(allowed), _dispatcher);
        using TextPeer client = await host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request($"Origin: {origin}\r\n" + WebSocketPeer.Target("a.test", 80)));
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "/", 400)]
    [InlineData("X-Proxy-Target-Port: 80\r\n", "/", 400)]
    [InlineData("X-Proxy-Target-Host: a.test\r\n", "/", 401)]
    [InlineData("X-Proxy-Target-Host: a.test\r\nX-Proxy-Target-Port: 0\r\n", "/", 401)]
    [InlineData("X-Proxy-Target-Host: a.test\r\nX-Proxy-Target-Port: 65536\r\n", "/", 401)]
    [InlineData("X-Proxy-Target-Host: a.test\r\nX-Proxy-Target-Port: +80\r\n", "/", 401)]
    [InlineData("X-Proxy-Target-Host: a.test\r\nX-Proxy-Target-Port: x\r\n", "/?port=80", 401)]
    [InlineData("X-Proxy-Target-Host: a@b\r\nX-Proxy-Target-Port: 80\r\n", "/", 400)]
    [InlineData("X-Proxy-Target-Host: a\r\nX-Proxy-Target-Host: b\r\nX-Proxy-Target-Port: 80\r\n", "/", 400)]
    [InlineData("", "/?host=a&host=b&port=80", 400)]
    [InlineData("", "/?host=a%20b&port=80", 400)]
    public async Task A_faulty_target_is_refused(string fields, string path, int status)
    {
        using TextPeer client = await _host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(fields, path));
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\n", "", 426)]
    [InlineData("Version: 13", "Version: 12", 426)]
    [InlineData(WebSocketPeer.Key, "short", 400)]
    [InlineData("GET", "POST", 405)]
    [InlineData("Host: h", "Host : h", 400)]
    public async Task What_is_no_upgrade_is_refused(string part, string instead, int status)
    {
        using TextPeer client = await _host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80)).Replace(part, instead, StringComparison.Ordinal));
        string head = await client.ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Equal(status == 426, head.Contains("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", StringComparison.Ordinal));
        Assert.Equal(status == 426 ? "close, Upgrade" : "close", head.Split("Connection: ")[1].Split("\r\n")[0]);
    }

    [Theory]
    [InlineData("NotAllowed", 403, "http_request_denied", true)]
    [InlineData("ConnectionRefused", 502, "connection_refused", true)]
    [InlineData("NameNotResolved", 502, "dns_error", true)]
    [InlineData("TimedOut", 504, "connection_timeout", true)]
    [InlineData("ConnectionRefused", 502, "connection_refused", false)]
    public async Task A_dial_that_fails_is_told_instead_of_101_to_those_that_can_take_it(string failure, int status, string token, bool byExtension)
    {
        _dispatcher.Failure = Enum.Parse<DialFailure>(failure);
        await using InboundHost host = new(new PortableTransport(), Inbound(trueAnswers: !byExtension), _dispatcher);
        using TextPeer client = await host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80) + (byExtension ? Ours : "")));
        string head = await client.ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nProxy-Status: multiexit; error={token}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
    }

    // Deployed clients wait for ever after any answer other than 101.
    [Theory]
    [InlineData("NotAllowed", 1008)]
    [InlineData("ConnectionRefused", 1011)]
    [InlineData("TimedOut", 1011)]
    public async Task Other_clients_get_101_before_the_dial_and_a_close_frame_when_it_fails(string failure, int code)
    {
        _dispatcher.Failure = Enum.Parse<DialFailure>(failure);
        using TextPeer client = await _host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80)));
        Assert.Equal(WebSocketPeer.Accepted + "\r\n", await client.ReadHeadAsync());
        await client.SendHexAsync(WebSocketPair.Masked(0x82, 1, 2, 3)); // ahead of the end of the dial
        string frame = await client.ReadHexAsync(4);
        Assert.Equal(("88", code.ToString("X4", System.Globalization.CultureInfo.InvariantCulture)), (frame[..2], frame[4..]));
        await client.SendHexAsync(WebSocketPair.Masked(0x88, (byte)(code >> 8), (byte)code));
        await client.EndAsync();
        await client.ReadToEndAsync();
        await _host.EndedAsync();
    }

    [Fact]
    public async Task The_platforms_client_is_told_of_a_refused_target_by_a_close()
    {
        using ClosedPort closed = new();
        await using TestGateway server = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [new WebSocketInboundConfig { Name = "ws", Listen = new IPEndPoint(IPAddress.Loopback, 0), PrivateDestinationsAllowed = true }],
        });
        using ClientWebSocket client = new();
        client.Options.SetRequestHeader("X-Proxy-Target-Host", "127.0.0.1");
        client.Options.SetRequestHeader("X-Proxy-Target-Port", closed.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await client.ConnectAsync(new Uri($"ws://{server.EndPoint}/"), CancellationToken.None).WaitAsync(TestTransports.Patience);
        ValueWebSocketReceiveResult received = await client.ReceiveAsync(new byte[10].AsMemory(), CancellationToken.None)
            .AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.InternalServerError), (received.MessageType, client.CloseStatus));
    }

    [Fact]
    public async Task Compression_is_not_agreed_to_and_bytes_sent_ahead_are_served()
    {
        using TextPeer client = await _host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80) + "Sec-WebSocket-Extensions: permessage-deflate\r\n")
            + System.Text.Encoding.Latin1.GetString(Convert.FromHexString(WebSocketPair.Masked(0x82, 5))));
        Assert.Equal(WebSocketPeer.Accepted + "\r\n", await client.ReadHeadAsync());
        Assert.Equal("820105", await client.ReadHexAsync(3));
        await client.SendHexAsync("C281 01020304 00".Replace(" ", "", StringComparison.Ordinal)); // compressed all the same
        Assert.Equal("03EA", (await client.ReadHexAsync(4))[4..]);
    }

    [Fact]
    public async Task A_client_that_closes_gets_its_close_and_the_end()
    {
        using TextPeer client = await _host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80)));
        await client.ReadHeadAsync();
        await client.SendHexAsync(WebSocketPair.Masked(0x82, 7) + WebSocketPair.Masked(0x88, 3, 0xe8));
        Assert.Equal("820107880203E8", await client.ReadHexAsync(7));
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task With_one_of_ours_the_end_of_one_direction_leaves_the_other()
    {
        using TextPeer client = await _host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80) + Ours));
        Assert.Equal(WebSocketPeer.Accepted + Ours + "\r\n", await client.ReadHeadAsync());
        await client.SendHexAsync(WebSocketPair.Masked(0x82, 7) + WebSocketPair.Masked(0x81)); // the end behind it
        Assert.Equal("8201078100", await client.ReadHexAsync(5));
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_is_over_leaves_no_timer_behind(bool inOrder)
    {
        ManualTimeProvider time = new();
        WebSocketInbound inbound = new(new WebSocketPing(), new UsersInForce(new UserDirectory([], TimeProvider.System)), trueAnswers: false, time);
        await using InboundHost host = new(new PortableTransport(), inbound, _dispatcher);
        using TextPeer client = await host.ConnectAsync();
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("a.test", 80) + Ours));
        await client.ReadHeadAsync();
        await client.SendHexAsync(WebSocketPair.Masked(0x82, 7));
        Assert.Equal("820107", await client.ReadHexAsync(3));
        Assert.Equal(1, time.Armed);
        if (inOrder) await client.SendHexAsync(WebSocketPair.Masked(0x81));
        else client.Stream.Abort();
        await host.EndedAsync();
        Assert.Equal(0, time.Armed);
    }

    [Fact]
    public async Task A_client_that_closes_while_its_target_sends_loses_nothing_that_it_sent()
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        await using TestGateway server = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [new WebSocketInboundConfig { Name = "ws", Listen = new IPEndPoint(IPAddress.Loopback, 0), PrivateDestinationsAllowed = true }],
        });
        await using SocketStream stream = await server.ConnectAsync();
        using TextPeer client = new(stream);
        await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("127.0.0.1", ((IPEndPoint)target.LocalEndpoint).Port)));
        await client.ReadHeadAsync();
        using TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(TestTransports.Patience);
        Task flooding = FloodAsync(accepted.GetStream());
        byte[] part = new byte[100];
        const int parts = 5000;
        string frame = WebSocketPair.Masked(0x82, part);
        Task<int> reading = CountAsync(stream);
        for (int i = 0; i < parts; i++) await client.SendHexAsync(frame);
        await client.SendHexAsync(WebSocketPair.Masked(0x88, 3, 0xe8));
        // The client sees an end, not a reset, though more of the target was under way.
        Assert.NotEqual(0, await reading.WaitAsync(TestTransports.Patience));
        byte[] received = new byte[parts * part.Length];
        await accepted.GetStream().ReadExactlyAsync(received).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(0, await accepted.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        accepted.Close();
        await Record.ExceptionAsync(() => flooding.WaitAsync(TestTransports.Patience));
    }

    private static async Task<int> CountAsync(SocketStream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        int total = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0) total += read;
        return total;
    }

    private static async Task FloodAsync(NetworkStream stream)
    {
        byte[] data = new byte[16 * 1024];
        while (true) await stream.WriteAsync(data);
    }
}
