using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds.Http;

public sealed class HttpConnectTests
{
    private const string Established = "HTTP/1.1 200 Connection established\r\n\r\n";
    private const string Connect = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n";

    [Fact]
    public async Task Connect_opens_a_tunnel_and_forwards_what_stands_behind_the_head()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Connect + "\r\nearly");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("early", await server.ReadAsync(5));
        Assert.Equal(Established, await client.ReadHeadAsync());
        await server.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
        Assert.Equal("a.test:443", Assert.Single(proxy.Dispatcher.Requests).Destination.ToString());
        Assert.Equal(1, proxy.Host.Handshakes);
    }

    [Fact]
    public async Task A_tunnel_closes_its_directions_separately()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Connect + "\r\n");
        await client.ReadHeadAsync();
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await client.SendAsync("question");
        await client.EndAsync();
        Assert.Equal("question", await server.ReadToEndAsync());
        string answer = new('x', 1_000_000);
        await server.SendAsync(answer);
        await server.EndAsync();
        Assert.Equal(answer, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_head_may_come_byte_by_byte_and_in_HTTP_1_0()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendByteByByteAsync("CONNECT a.test:443 HTTP/1.0\r\n\r\n");
        Assert.Equal(Established, await client.ReadHeadAsync());
    }

    [Theory]
    [InlineData("a.test")]
    [InlineData("a.test:")]
    [InlineData("a.test:0")]
    [InlineData("a.test:65536")]
    [InlineData("a.test:+443")]
    [InlineData("http://a.test/")]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("u@a.test:443")]
    [InlineData("2001:db8::1:443")]
    public async Task A_target_that_is_not_host_and_port_is_refused(string target)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync($"CONNECT {target} HTTP/1.1\r\nHost: a.test\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync());
        Assert.Empty(proxy.Dispatcher.Requests);
    }

    [Theory]
    [InlineData(nameof(DialFailure.NotAllowed), 403, "http_request_denied")]
    [InlineData(nameof(DialFailure.NameNotResolved), 502, "dns_error")]
    [InlineData(nameof(DialFailure.ConnectionRefused), 502, "connection_refused")]
    [InlineData(nameof(DialFailure.HostUnreachable), 502, "destination_unavailable")]
    [InlineData(nameof(DialFailure.NetworkUnreachable), 502, "destination_ip_unroutable")]
    [InlineData(nameof(DialFailure.TimedOut), 504, "connection_timeout")]
    [InlineData(nameof(DialFailure.ProxyUnreachable), 502, "proxy_internal_error")]
    [InlineData(nameof(DialFailure.General), 502, "proxy_internal_error")]
    public async Task A_failed_dial_is_told_with_its_reason(string failure, int status, string token)
    {
        await using HttpProxyFixture proxy = new();
        proxy.Dispatcher.Failures["a.test:443"] = Enum.Parse<DialFailure>(failure);
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Connect + "\r\npipelined");
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains($"\r\nProxy-Status: multiexit; error={token}\r\n", answer);
        Assert.Contains("\r\nConnection: close\r\n", answer);
    }

    [Fact]
    public async Task Users_have_to_say_who_they_are_and_may_try_again_on_the_same_connection()
    {
        await using HttpProxyFixture proxy = new(null, new UserConfig("alice", new Secret("w:\u00f6nder")));
        using TextPeer client = await proxy.ConnectAsync();
        foreach (string credentials in new[] { "", "Proxy-Authorization: Basic YWxpY2U6d3Jvbmc=\r\n", "Proxy-Authorization: Basic ????\r\n",
            "Proxy-Authorization: Bearer x\r\n", "Authorization: Basic YWxpY2U6dzrDtm5kZXI=\r\n" })
        {
            await client.SendAsync(Connect + credentials + "\r\n");
            string head = await client.ReadHeadAsync();
            Assert.StartsWith("HTTP/1.1 407 ", head);
            Assert.Contains("\r\nProxy-Authenticate: Basic realm=\"multiexit\", charset=\"UTF-8\"\r\n", head);
            await client.ReadAsync(ContentLength(head));
        }
        Assert.Empty(proxy.Dispatcher.Requests);
        await client.SendAsync(Connect + "Proxy-Authorization: Basic YWxpY2U6dzrDtm5kZXI=\r\n\r\n");
        Assert.Equal(Established, await client.ReadHeadAsync());
        Assert.Equal("alice", Assert.Single(proxy.Dispatcher.Requests).User);
    }

    private static int ContentLength(string head) =>
        int.Parse(head.Split("Content-Length: ")[1].Split("\r\n")[0]);
}
