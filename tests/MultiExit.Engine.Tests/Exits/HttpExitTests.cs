using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Http;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public sealed class HttpExitTests : IDisposable
{
    private static readonly Destination Target = Parse("target.test:443");
    private readonly ScriptedOrigin _proxy = new();

    public void Dispose() => _proxy.Dispose();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.0 200 Connection established\r\n\r\n")]
    [InlineData("HTTP/1.1 204\r\nContent-Length: 1000\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public async Task A_2xx_opens_the_tunnel_whatever_its_length_says(string answer)
    {
        Task<DialResult> dial = DialAsync(Config());
        using TextPeer peer = await _proxy.AcceptedAsync();
        Assert.Equal("CONNECT target.test:443 HTTP/1.1\r\nHost: target.test:443\r\n\r\n", await peer.ReadHeadAsync());
        await peer.SendAsync(answer + "early");
        DialResult result = await dial;
        Assert.True(result.Succeeded);
        using TextPeer tunnel = new(result.Connection);
        Assert.Equal("early", await tunnel.ReadAsync(5));
        await tunnel.SendAsync("up");
        Assert.Equal("up", await peer.ReadAsync(2));
    }

    [Fact]
    public async Task An_answer_may_come_byte_by_byte()
    {
        Task<DialResult> dial = DialAsync(Config());
        using TextPeer peer = await _proxy.AcceptedAsync();
        await peer.ReadHeadAsync();
        await peer.SendByteByByteAsync("HTTP/1.1 200 OK\r\nX: 1\r\n\r\n");
        Assert.True((await dial).Succeeded);
    }

    [Fact]
    public async Task Credentials_and_IPv6_are_written_as_the_RFCs_want()
    {
        Task<DialResult> dial = DialAsync(Config() with { Username = "alice", Password = new Secret("w:\u00f6nder") }, Parse("[2001:db8::1]:80"));
        using TextPeer peer = await _proxy.AcceptedAsync();
        Assert.Equal(
            "CONNECT [2001:db8::1]:80 HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nProxy-Authorization: Basic YWxpY2U6dzrDtm5kZXI=\r\n\r\n",
            await peer.ReadHeadAsync());
        await peer.SendAsync("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
        DialResult result = await dial;
        Assert.Equal(DialFailure.ProxyAuthenticationFailed, result.Failure);
        Assert.DoesNotContain("nder", result.Detail);
        Assert.Equal("", await peer.ReadToEndAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 403 No\r\n\r\n", nameof(DialFailure.NotAllowed))]
    [InlineData("HTTP/1.1 502 Bad\r\n\r\n", nameof(DialFailure.HostUnreachable))]
    [InlineData("HTTP/1.1 503 Bad\r\n\r\n", nameof(DialFailure.HostUnreachable))]
    [InlineData("HTTP/1.1 504 Late\r\n\r\n", nameof(DialFailure.TimedOut))]
    [InlineData("HTTP/1.1 500 Oops\r\n\r\n", nameof(DialFailure.General))]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n", nameof(DialFailure.General))]
    [InlineData("HTTP/1.1 502 Bad\r\nProxy-Status: multiexit; error=connection_refused\r\n\r\n", nameof(DialFailure.ConnectionRefused))]
    [InlineData("HTTP/1.1 502 Bad\r\nProxy-Status: multiexit; error=dns_error\r\n\r\n", nameof(DialFailure.NameNotResolved))]
    [InlineData("HTTP/1.1 502 Bad\r\nProxy-Status: multiexit;error=destination_ip_unroutable, other; error=dns_error\r\n\r\n",
        nameof(DialFailure.NetworkUnreachable))]
    [InlineData("HTTP/1.1 502 Bad\r\nProxy-Status: multiexit; error=connection_timeout\r\n\r\n", nameof(DialFailure.TimedOut))]
    [InlineData("HTTP/1.1 502 Bad\r\nProxy-Status: multiexit; error=unheard_of\r\n\r\n", nameof(DialFailure.HostUnreachable))]
    [InlineData("HTTP/1.1 101 Switching\r\n\r\n", nameof(DialFailure.ProxyProtocolError))]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", nameof(DialFailure.ProxyProtocolError))]
    [InlineData("HTTP/1.1 200 OK\r\nX: 1", nameof(DialFailure.ProxyProtocolError))]
    [InlineData("", nameof(DialFailure.ProxyProtocolError))]
    [InlineData("\0\0\0", nameof(DialFailure.ProxyProtocolError))]
    public async Task A_refusal_is_a_result_with_its_reason(string answer, string failure)
    {
        Task<DialResult> dial = DialAsync(Config());
        using TextPeer peer = await _proxy.AcceptedAsync();
        await peer.ReadHeadAsync();
        await peer.SendAsync(answer);
        await peer.EndAsync();
        Assert.Equal(Enum.Parse<DialFailure>(failure), (await dial).Failure);
    }

    [Fact]
    public async Task A_head_without_end_is_cut_off()
    {
        Task<DialResult> dial = DialAsync(Config());
        using TextPeer peer = await _proxy.AcceptedAsync();
        await peer.ReadHeadAsync();
        await peer.SendAsync("HTTP/1.1 200 OK\r\nX: " + new string('x', 9000));
        Assert.Equal(DialFailure.ProxyProtocolError, (await dial).Failure);
    }

    [Fact]
    public async Task A_silent_proxy_is_a_time_out_and_cancellation_is_an_exception()
    {
        Assert.Equal(DialFailure.TimedOut, (await DialAsync(Config() with { Timeout = TimeSpan.FromMilliseconds(50) })).Failure);
        using CancellationTokenSource cancelled = new();
        HttpExit exit = new(Config(), new SocketExit(), null, TimeSpan.FromSeconds(10), TimeProvider.System);
        Task<DialResult> dial = exit.DialAsync(Target, new DialContext(), cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial);
    }

    [Fact]
    public async Task An_unreachable_proxy_is_tried_again_as_often_as_configured()
    {
        FakeExit via = new("via", DialFailure.ConnectionRefused);
        HttpExit exit = new(Config() with { Retries = 2 }, via, null, TimeSpan.FromSeconds(10), TimeProvider.System);
        DialResult result = await exit.DialAsync(Target, new DialContext(), default);
        Assert.Equal(DialFailure.ProxyUnreachable, result.Failure);
        Assert.Equal(3, via.Dials);
        Assert.Same(exit, result.Exit);
    }

    [Fact]
    public async Task Udp_and_names_that_do_not_fit_into_a_request_are_refused_without_a_dial()
    {
        FakeExit via = new("via");
        HttpExit exit = new(Config(), via, null, TimeSpan.FromSeconds(10), TimeProvider.System);
        Assert.Equal(DialFailure.CommandNotSupported, (await exit.OpenUdpAsync(new DialContext(), default)).Failure);
        Assert.True(Destination.TryFromHost("a\u00fc?#.test", 80, out Destination? strange));
        Assert.Equal(DialFailure.NameNotResolved, (await exit.DialAsync(strange, new DialContext(), default)).Failure);
        Assert.Equal(0, via.Dials);
    }

    private HttpExitConfig Config() => new() { Name = "up", Server = Destination.FromEndPoint(_proxy.EndPoint) };

    private static Task<DialResult> DialAsync(HttpExitConfig config, Destination? target = null) =>
        new HttpExit(config, new SocketExit(), null, TimeSpan.FromSeconds(10), TimeProvider.System)
            .DialAsync(target ?? Target, new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);

    private static Destination Parse(string text) =>
        Destination.TryParse(text, -1, out Destination? destination) ? destination : throw new FormatException(text);

    private sealed class SocketExit : IExit
    {
        public string Name => "sockets";

        public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken) =>
            DialResult.Success(await new PortableTransport().ConnectAsync(destination.ToEndPoint()!, default, cancellationToken), null, this);

        public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
