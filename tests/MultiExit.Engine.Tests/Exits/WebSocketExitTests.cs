using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Exits.WebSocket;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.WebSockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public sealed class WebSocketExitTests : IDisposable
{
    private const string Ours = "Sec-WebSocket-Extensions: multiexit-half-close\r\n";
    private static readonly Destination Target = Parse("target.test:443");
    private readonly ScriptedOrigin _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Fact]
    public async Task The_request_says_who_and_where_to()
    {
        Task<DialResult> dial = DialAsync(Config() with { Path = "/a?b", Username = "alice", Password = new Secret("w:\u00f6nder") },
            Parse("[2001:db8::1]:80"));
        using TextPeer peer = await _proxy.AcceptedAsync();
        string request = await peer.ReadHeadAsync();
        Assert.StartsWith($"GET /a?b HTTP/1.1\r\nHost: {_proxy.EndPoint}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ",
            request, StringComparison.Ordinal);
        Assert.EndsWith("==\r\nSec-WebSocket-Version: 13\r\n" + Ours + "X-Proxy-Target-Host: 2001:db8::1\r\nX-Proxy-Target-Port: 80\r\n"
            + "X-Proxy-Username: alice\r\nX-Proxy-Password: w:\u00c3\u00b6nder\r\n\r\n", request, StringComparison.Ordinal);
        await peer.SendAsync(WebSocketPeer.Accept(request) + "\u0082\u0002hi");
        DialResult result = await dial;
        Assert.True(result.Succeeded);
        using TextPeer tunnel = new(result.Connection);
        Assert.Equal("hi", await tunnel.ReadAsync(2));
        await tunnel.SendAsync("up");
        Assert.Equal("8282", await peer.ReadHexAsync(2)); // masked
    }

    [Theory]
    [InlineData("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "ProxyAuthenticationFailed")]
    [InlineData("HTTP/1.1 403 No\r\n\r\n", "NotAllowed")]
    [InlineData("HTTP/1.1 502 No\r\nProxy-Status: multiexit; error=connection_refused\r\n\r\n", "ConnectionRefused")]
    [InlineData("HTTP/1.1 502 No\r\nProxy-Status: multiexit; error=dns_error\r\n\r\n", "NameNotResolved")]
    [InlineData("HTTP/1.1 502 No\r\n\r\n", "HostUnreachable")]
    [InlineData("HTTP/1.1 504 No\r\n\r\n", "TimedOut")]
    [InlineData("HTTP/1.1 404 No\r\n\r\n", "ProxyProtocolError")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "ProxyProtocolError")]
    [InlineData("HTTP/1.1 426 No\r\n\r\n", "ProxyProtocolError")]
    [InlineData("SSH-2.0-x\r\n\r\n", "ProxyProtocolError")]
    [InlineData("HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n", "ProxyProtocolError")]
    [InlineData("", "ProxyProtocolError")]
    public async Task A_refusal_tells_its_reason_and_no_secret(string answer, string failure)
    {
        Task<DialResult> dial = DialAsync(Config() with { Username = "alice", Password = new Secret("wonder") });
        using TextPeer peer = await _proxy.AcceptedAsync();
        await peer.ReadHeadAsync();
        if (answer.Length > 0) await peer.SendAsync(answer);
        else await peer.EndAsync();
        DialResult result = await dial;
        Assert.Equal(Enum.Parse<DialFailure>(failure), result.Failure);
        Assert.DoesNotContain("wonder", result.Detail, StringComparison.Ordinal);
        Assert.Equal("", await peer.ReadToEndAsync());
    }

    [Theory]
    [InlineData("880203F3", false)]
    [InlineData("880203F3", true)]
    [InlineData("", true)]
    public async Task A_server_that_accepts_and_closes_has_not_reached_the_target(string close, bool waits)
    {
        Task<DialResult> dial = DialAsync(Config() with { ReplyWait = TimeSpan.FromSeconds(waits ? 20 : 0) });
        using TextPeer peer = await _proxy.AcceptedAsync();
        string answer = WebSocketPeer.Accept(await peer.ReadHeadAsync());
        if (close.Length == 0)
        {
            await peer.SendAsync(answer);
            peer.Dispose();
        }
        else
        {
            await peer.SendAsync(answer + System.Text.Encoding.Latin1.GetString(Convert.FromHexString(close)));
        }
        DialResult result = await dial;
        Assert.Equal(DialFailure.General, result.Failure);
        Assert.Contains("could not reach the target", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_of_the_target_ends_the_wait()
    {
        Task<DialResult> dial = DialAsync(Config() with { ReplyWait = TimeSpan.FromMinutes(1) });
        using TextPeer peer = await _proxy.AcceptedAsync();
        await peer.SendAsync(WebSocketPeer.Accept(await peer.ReadHeadAsync()));
        await peer.SendAsync("\u0082\u0001x");
        DialResult result = await dial;
        using TextPeer tunnel = new(result.Connection!);
        Assert.Equal("x", await tunnel.ReadAsync(1));
    }

    [Fact]
    public async Task A_server_without_half_close_is_heard_to_the_end_of_its_answer()
    {
        Task<DialResult> dial = DialAsync(Config());
        using TextPeer peer = await _proxy.AcceptedAsync();
        await peer.SendAsync(WebSocketPeer.Accept(await peer.ReadHeadAsync()));
        using TextPeer tunnel = new((await dial).Connection!);
        await tunnel.SendAsync("question");
        await tunnel.EndAsync();
        Assert.Equal("8288", (await peer.ReadHexAsync(14))[..4]);
        // Had a close frame come, a deployed server would have ended both directions here.
        await peer.SendAsync("\u0082\u0006answer\u0088\u0002\u0003\u00e8");
        Assert.Equal("answer", await tunnel.ReadToEndAsync());
        Assert.Equal("8882", (await peer.ReadHexAsync(8))[..4]);
    }

    [Fact]
    public async Task The_wait_ends_and_one_of_ours_is_not_waited_for()
    {
        Task<DialResult> dial = DialAsync(Config() with { ReplyWait = TimeSpan.FromMilliseconds(1) });
        using TextPeer peer = await _proxy.AcceptedAsync();
        await peer.SendAsync(WebSocketPeer.Accept(await peer.ReadHeadAsync()));
        using TextPeer tunnel = new((await dial).Connection!);
        await peer.SendAsync("\u0082\u0001x"); // the read that was canceled has taken nothing
        Assert.Equal("x", await tunnel.ReadAsync(1));

        dial = DialAsync(Config() with { ReplyWait = TimeSpan.FromMinutes(10) });
        using TextPeer ours = await _proxy.AcceptedAsync();
        await ours.SendAsync(WebSocketPeer.Accept(await ours.ReadHeadAsync(), Ours));
        DialResult result = await dial;
        using TextPeer direct = new(result.Connection!);
        await direct.EndAsync();
        Assert.Equal("8180", await ours.ReadHexAsync(2)); // the mark, not a close
    }

    [Fact]
    public async Task Retries_pause_longer_and_longer_within_the_time_out()
    {
        ManualTimeProvider time = new();
        FailingExit via = new();
        WebSocketExit exit = new(Config() with { Retries = 3, Timeout = TimeSpan.FromSeconds(60) }, via, null, TimeSpan.FromSeconds(1), time);
        Task<DialResult> dial = exit.DialAsync(Target, new DialContext(), default).AsTask();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await time.WaitForTimersAsync(2); // the time-out and the pause
            Assert.Equal(attempt + 1, via.Dials);
            time.Advance(TimeSpan.FromMilliseconds(100 * Math.Pow(2, attempt)));
        }
        DialResult result = await dial.WaitAsync(TestTransports.Patience);
        Assert.Equal((DialFailure.ProxyUnreachable, 4), (result.Failure, via.Dials));
        Assert.Contains("refused by the test", result.Detail, StringComparison.Ordinal);

        // A time-out within a pause reports the failure before it.
        exit = new(Config() with { Retries = 100, Timeout = TimeSpan.FromMilliseconds(30) }, via, null, TimeSpan.FromSeconds(1), time);
        dial = exit.DialAsync(Target, new DialContext(), default).AsTask();
        await time.WaitForTimersAsync(2);
        time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Contains("refused by the test", (await dial.WaitAsync(TestTransports.Patience)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_time_out()
    {
        Task<DialResult> dial = DialAsync(Config() with { Timeout = TimeSpan.FromMilliseconds(50) });
        using TextPeer peer = await _proxy.AcceptedAsync();
        DialResult result = await dial;
        Assert.Contains(result.Failure, new[] { DialFailure.TimedOut, DialFailure.ProxyUnreachable }); // on a slow machine it is not even asked
    }

    [Fact]
    public async Task Datagrams_and_names_that_fit_no_field_are_refused()
    {
        WebSocketExit exit = new(Config(), new FailingExit(), null, TimeSpan.FromSeconds(1), TimeProvider.System);
        Assert.Equal(DialFailure.CommandNotSupported, (await exit.OpenUdpAsync(new DialContext(), default)).Failure);
        Assert.True(Destination.TryFromHost("a\u00e4\"b", 80, out Destination? odd));
        Assert.Equal(DialFailure.NameNotResolved, (await exit.DialAsync(odd, new DialContext(), default)).Failure);
    }

    private static Destination Parse(string text) => Destination.TryParse(text, -1, out Destination? destination) ? destination : throw new FormatException();

    private WebSocketExitConfig Config() => new() { Name = "wsup", Server = Destination.FromEndPoint(_proxy.EndPoint) };

    private static async Task<DialResult> DialAsync(WebSocketExitConfig config, Destination? destination = null)
    {
        DirectExit via = new(new DirectExitConfig { Name = "direct" }, new PortableTransport(), new FakeResolver(), AddressPreference.Ipv6,
            TimeSpan.FromSeconds(10), TimeProvider.System);
        WebSocketExit exit = new(config, via, null, TimeSpan.FromSeconds(20), TimeProvider.System);
        return await exit.DialAsync(destination ?? Target, new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
    }

    private sealed class FailingExit : IExit
    {
        public int Dials { get; private set; }

        public string Name => "via";

        public ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
        {
            Dials++;
            return new(DialResult.Failed(this, DialFailure.ConnectionRefused, "refused by the test"));
        }

        public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
