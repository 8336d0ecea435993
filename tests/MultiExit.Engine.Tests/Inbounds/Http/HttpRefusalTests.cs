using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds.Http;

/// <summary>Requests that the proxy refuses: the answer arrives whole, the connection ends, nothing reaches a server.</summary>
public sealed class HttpRefusalTests
{
    [Theory]
    [InlineData(400, "POST http://a.test/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(400, "POST http://a.test/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData(400, "POST http://a.test/ HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello")]
    [InlineData(400, "POST http://a.test/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n")]
    [InlineData(400, "GET http://a.test/ HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n")]
    [InlineData(400, "GET http://a.test/ HTTP/1.1\r\nHost : a\r\n\r\n")]
    [InlineData(400, "GET http://a.test/ HTTP/1.1\r\nHost: a\r\nX: 1\r2\r\n\r\n")]
    [InlineData(400, "GET http://a.test/ HTTP/1.1\nHost: a\n\n")]
    [InlineData(400, "GET http://a.test/ HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n")]
    [InlineData(400, "GET http://a.test/ HTTP/1.1\r\n\r\n")]
    [InlineData(400, "GET http://u:p@a.test/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nContent-Length: 44\r\n\r\n")]
    [InlineData(400, "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData(400, "GET http://a.test:0/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001")]
    [InlineData(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task A_faulty_request_is_refused_and_the_connection_ends(int status, string request)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        // The client still sends when the answer comes; it has to get it all the same.
        await client.SendAsync(request + new string('x', 100_000));
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains("\r\nConnection: close\r\n", answer);
        client.Dispose();
        await proxy.Host.EndedAsync();
        ProxyException exception = Assert.IsType<ProxyException>(Assert.Single(proxy.Host.Exceptions));
        Assert.Equal(ProxyError.ProtocolViolation, exception.Reason);
        Assert.Empty(proxy.Dispatcher.Requests);
    }

    [Fact]
    public async Task A_request_to_the_proxy_itself_is_told_how_to_use_one()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Contains("this is an HTTP proxy", answer);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: evil.test:3128\r\nOrigin: http://evil.test:3128\r\n\r\n")]
    [InlineData("OPTIONS /x HTTP/1.1\r\nHost: evil.test:3128\r\nOrigin: http://evil.test\r\nAccess-Control-Request-Method: PUT\r\n\r\n")]
    [InlineData("GET /http://a.test/ HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 44\r\n\r\nGET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    public async Task What_a_web_page_can_send_to_a_proxy_by_rebinding_its_name_is_refused(string request)
    {
        await using HttpProxyFixture proxy = new();
        string answer = await AskAsync(proxy, request);
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Single(answer.Split("HTTP/1.1 ")[1..]);
        Assert.DoesNotContain("Access-Control", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(proxy.Dispatcher.Requests);
    }

    [Theory]
    [InlineData("https://a.test/")]
    [InlineData("wss://a.test/")]
    [InlineData("ftp://a.test/")]
    public async Task Other_schemes_are_not_forwarded(string target)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: a.test\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 501 ", await client.ReadHeadAsync());
        Assert.Empty(proxy.Dispatcher.Requests);
    }

    [Fact]
    public async Task Limits_are_the_configured_ones()
    {
        await using HttpProxyFixture proxy = new(new HttpOptions { MaxLine = 64, MaxHead = 256, MaxFields = 3 });
        Assert.StartsWith("HTTP/1.1 414 ", await AskAsync(proxy, "GET http://a.test/" + new string('x', 64)));
        string answer = await AskAsync(proxy, "GET http://a.test/ HTTP/1.1\r\nX: " + new string('x', 64));
        Assert.StartsWith("HTTP/1.1 431 ", answer);
        Assert.EndsWith("\r\n\r\na field is too long (limit: max_line, 64 bytes)\n", answer);
        Assert.StartsWith("HTTP/1.1 431 ", await AskAsync(proxy, "GET http://a.test/ HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 1\r\nC: 1\r\n\r\n"));
    }

    [Fact]
    public async Task A_head_that_does_not_come_in_time_is_408_and_silence_just_ends()
    {
        await using HttpProxyFixture hasty = new(new HttpOptions { HeadTimeout = TimeSpan.FromMilliseconds(100) });
        Assert.StartsWith("HTTP/1.1 408 ", await AskAsync(hasty, "GET http://a.test/ HTT"));
        Assert.Equal("", await AskAsync(hasty, ""));
        // The whole head is there in time, also on a busy machine.
        await using HttpProxyFixture proxy = new(new HttpOptions { HeadTimeout = TimeSpan.FromSeconds(3) });
        string answer = await AskAsync(proxy, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer);
        Assert.DoesNotContain("408", answer);
    }

    [Theory]
    [InlineData("0\r\nHost: evil.test\r\n\r\n", "a field that must not stand behind the body")]
    [InlineData("2 \r\nok\r\n0\r\n\r\n", "faulty chunked body")]
    public async Task A_body_that_a_server_might_read_otherwise_is_refused_with_the_reason(string body, string reason)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.ReadAsync(6);
        await client.SendAsync(body);
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.EndsWith($"\r\n\r\n{reason}\n", answer);
    }

    [Fact]
    public async Task A_connect_with_an_empty_body_is_served()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nContent-Length: 0\r\n\r\nhello");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("hello", await server.ReadAsync(5));
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync());
    }

    [Fact]
    public async Task A_challenge_reads_past_a_small_body_and_ends_at_a_large_one()
    {
        await using HttpProxyFixture proxy = new(null, new UserConfig("u", new Secret("p")));
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 407 ", head);
        await client.ReadAsync(int.Parse(head.Split("Content-Length: ")[1].Split("\r\n")[0]));
        await client.SendAsync("POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 1000));
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 407 ", answer);
        Assert.Contains("\r\nConnection: close\r\n", answer);
        Assert.Empty(proxy.Dispatcher.Requests);
    }

    private static async Task<string> AskAsync(HttpProxyFixture proxy, string text)
    {
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(text);
        return await client.ReadToEndAsync();
    }
}
