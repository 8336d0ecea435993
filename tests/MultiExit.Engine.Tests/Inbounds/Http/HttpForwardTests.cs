using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds.Http;

public sealed class HttpForwardTests
{
    private const string Get = "GET http://a.test/x?y HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private const string Forwarded = "GET /x?y HTTP/1.1\r\nHost: a.test\r\nVia: 1.1 multiexit\r\n\r\n";

    [Fact]
    public async Task An_absolute_target_becomes_origin_form_and_fields_of_the_hop_end_here()
    {
        await using HttpProxyFixture proxy = new(null, new UserConfig("u", new Secret("p")));
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET HTTP://a.test:80/x?y HTTP/1.1\r\nHost: evil.test\r\nAccept:  */*  \r\nConnection: X-Hop, keep-alive\r\nx-hop: 1\r\n"
            + "Proxy-Connection: keep-alive\r\nKeep-Alive: 5\r\nTE: trailers\r\nTrailer: X\r\nUpgrade: websocket\r\nProxy-Authorization: Basic dTpw\r\n"
            + "Via: 1.0 other\r\nAuthorization: Basic eDp5\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("GET /x?y HTTP/1.1\r\nHost: a.test:80\r\nAccept: */*\r\nVia: 1.0 other\r\nAuthorization: Basic eDp5\r\nVia: 1.1 multiexit\r\n\r\n",
            await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nConnection: x-other\r\nX-Other: 1\r\nKeep-Alive: 5\r\nX: 2\r\n\r\nhello");
        Assert.Equal("HTTP/1.1 200 Fine\r\nX: 2\r\nContent-Length: 5\r\nVia: 1.1 multiexit\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal("hello", await client.ReadAsync(5));
        Assert.Equal("u", Assert.Single(proxy.Dispatcher.Requests).User);
    }

    [Fact]
    public async Task Names_that_a_server_may_read_as_framing_end_here_in_either_direction()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/x?y HTTP/1.1\r\nHost: a.test\r\nTransfer_Encoding: chunked\r\ncontent_length: 9\r\nKeep_Alive: 1\r\n"
            + "Proxy_Authorization: Basic eDp5\r\nX_Other: 1\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("GET /x?y HTTP/1.1\r\nHost: a.test\r\nX_Other: 1\r\nVia: 1.1 multiexit\r\n\r\n", await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 204 None\r\nTransfer_Encoding: chunked\r\nContent_Length: 7\r\n\r\n");
        Assert.Equal("HTTP/1.1 204 None\r\nVia: 1.1 multiexit\r\n\r\n", await client.ReadHeadAsync());
    }

    [Fact]
    public async Task A_blank_before_the_colon_is_removed_from_a_response()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Get);
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Type \t : text/plain\r\nConnection : X-Hop\r\nX-Hop : 1\r\nContent-Length : 2\r\n\r\nok");
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nVia: 1.1 multiexit\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal("ok", await client.ReadAsync(2));
        await client.SendAsync(Get); // the end was found
        Assert.Equal(Forwarded, await server.ReadHeadAsync());
    }

    [Fact]
    public async Task Chunk_sizes_padded_with_blanks_reach_the_client()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Get);
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2   \r\nok\r\n0   \r\n\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("2   \r\nok\r\n0   \r\n\r\n", await client.ReadAsync(18));
        await client.SendAsync(Get);
        Assert.Equal(Forwarded, await server.ReadHeadAsync());
    }

    [Theory]
    [InlineData("ws://a.test/x?y")]
    [InlineData("WS://a.test:80/x?y")]
    public async Task A_web_socket_in_the_clear_is_forwarded_by_its_own_scheme_too(string target)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.StartsWith("GET /x?y HTTP/1.1\r\n", await server.ReadHeadAsync(), StringComparison.Ordinal);
        await server.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\u0081");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("\u0081", await client.ReadAsync(1));
    }

    [Theory]
    [InlineData("field", "a field is too long (limit: max_line, 256 bytes)", "http_response_header_size")]
    [InlineData("line", "the first line is too long (limit: max_line, 256 bytes)", "http_response_header_size")]
    [InlineData("fields", "too many fields (limit: max_fields, 8 fields)", "http_response_header_section_size")]
    [InlineData("head", "the head is too large (limit: max_head, 1024 bytes)", "http_response_header_section_size")]
    public async Task An_answer_over_a_limit_is_502_and_the_limit_is_named_there_and_in_the_log(string what, string text, string type)
    {
        using ScriptedOrigin origin = new();
        HttpOptions options = new() { MaxLine = 256, MaxHead = 1024, MaxFields = 8 };
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [new HttpInboundConfig { Name = "web", Listen = new IPEndPoint(IPAddress.Loopback, 0), Http = options }],
        });
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.SendAsync($"GET http://{origin.EndPoint}/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        using TextPeer server = await origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync(what switch
        {
            "line" => "HTTP/1.1 200 " + new string('x', 300),
            "field" => "HTTP/1.1 200 OK\r\nX: " + new string('x', 300),
            "fields" => "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 9)) + "\r\n",
            _ => "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat($"X: {new string('x', 200)}\r\n", 6)) + "\r\n",
        });
        string answer = await client.ReadToEndAsync();
        string reason = $"the server's answer is over a limit of the proxy: {text}";
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nProxy-Status: multiexit; error={type}\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{reason}\n", answer, StringComparison.Ordinal);
        Assert.EndsWith($"to {origin.EndPoint}: {reason}",
            Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX3006"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_whose_trailers_break_the_rules_is_cut_and_the_log_says_why()
    {
        using ScriptedOrigin origin = new();
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [new HttpInboundConfig { Name = "web", Listen = new IPEndPoint(IPAddress.Loopback, 0) }],
        });
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.SendAsync($"GET http://{origin.EndPoint}/ HTTP/1.1\r\nHost: a\r\n\r\n");
        using TextPeer server = await origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n");
        string answer = await client.ReadToEndAsync();
        Assert.DoesNotContain("0\r\nTransfer-Encoding", answer, StringComparison.Ordinal);
        Assert.EndsWith("the server's answer is not valid HTTP: a field that must not stand behind the body",
            Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX3006"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_hosts_on_one_connection_each_get_their_own_request()
    {
        await using HttpProxyFixture proxy = new();
        using ScriptedOrigin other = new();
        proxy.Dispatcher.Hosts["b.test:81"] = other.EndPoint;
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Get);
        using TextPeer a = await proxy.Origin.AcceptedAsync();
        await AnswerAsync(a, client);
        await client.SendAsync(Get);
        await AnswerAsync(a, client);
        await client.SendAsync("GET http://b.test:81/ HTTP/1.1\r\nHost: a.test\r\n\r\n");
        using TextPeer b = await other.AcceptedAsync();
        Assert.Equal("GET / HTTP/1.1\r\nHost: b.test:81\r\nVia: 1.1 multiexit\r\n\r\n", await b.ReadHeadAsync());
        await b.SendAsync("HTTP/1.1 204 None\r\n\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("", await a.ReadToEndAsync());
        Assert.Equal(1, proxy.Origin.Count);
        Assert.Equal(2, proxy.Dispatcher.Requests.Count);
    }

    [Fact]
    public async Task A_stale_server_connection_is_replaced_before_the_client_notices()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Get);
        using (TextPeer first = await proxy.Origin.AcceptedAsync())
        {
            await AnswerAsync(first, client);
            await client.SendAsync(Get);
            await first.ReadHeadAsync(); // closed with the request unanswered
        }
        using (TextPeer second = await proxy.Origin.AcceptedAsync())
        {
            await AnswerAsync(second, client);
        }
        // Closed between two requests: seen at once or repeated, the client gets its answer in either case.
        await client.SendAsync(Get);
        using TextPeer third = await proxy.Origin.AcceptedAsync();
        await AnswerAsync(third, client);
    }

    [Fact]
    public async Task A_request_with_side_effects_is_not_sent_twice()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Get);
        using (TextPeer server = await proxy.Origin.AcceptedAsync())
        {
            await AnswerAsync(server, client);
            await client.SendAsync("POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi");
            await server.ReadHeadAsync();
            await server.ReadAsync(2);
        }
        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadToEndAsync());
        Assert.Equal(1, proxy.Origin.Count);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("POST http://a.test/1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nonePOST http://a.test/2 HTTP/1.1\r\nHost: a.test\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n\r\n"
            + "GET http://a.test/3 HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\nGET http://a.test/4");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.StartsWith("POST /1 ", await server.ReadHeadAsync());
        Assert.Equal("one", await server.ReadAsync(3));
        await server.SendAsync("HTTP/1.1 200 1\r\nContent-Length: 1\r\n\r\n1");
        Assert.StartsWith("POST /2 ", await server.ReadHeadAsync());
        Assert.Equal("3\r\ntwo\r\n0\r\n\r\n", await server.ReadAsync(13));
        await server.SendAsync("HTTP/1.1 200 2\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n");
        Assert.StartsWith("GET /3 ", await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 200 3\r\nContent-Length: 1\r\n\r\n3");
        string all = await client.ReadToEndAsync();
        Assert.Equal("123", string.Concat(all.Split("HTTP/1.1 200 ").Skip(1).Select(answer => answer[0])));
        Assert.Equal(1, proxy.Origin.Count);
    }

    [Fact]
    public async Task Chunks_and_trailers_pass_both_ways()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        string body = "5;x=\"y\"\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n";
        await client.SendByteByByteAsync("POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal(
            "POST / HTTP/1.1\r\nHost: a.test\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\nVia: 1.1 multiexit\r\n\r\n",
            await server.ReadHeadAsync());
        Assert.Equal(body, await server.ReadAsync(body.Length));
        await server.SendByteByByteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        Assert.Equal("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVia: 1.1 multiexit\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal(body, await client.ReadAsync(body.Length));
    }

    [Fact]
    public async Task Continue_passes_before_the_body_does()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("PUT http://a.test/ HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Contains("\r\nExpect: 100-continue\r\n", await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\nVia: 1.1 multiexit\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("body");
        Assert.Equal("body", await server.ReadAsync(4));
        await server.SendAsync("HTTP/1.1 103 Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 103 Hints\r\nLink: </x>\r\n", await client.ReadHeadAsync());
        string final = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 201 Made\r\n", final);
        Assert.DoesNotContain("Connection: close", final);
        await client.SendAsync(Get);
        await AnswerAsync(server, client);
    }

    [Fact]
    public async Task A_final_answer_instead_of_Continue_ends_the_connection()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("PUT http://a.test/ HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 417 No\r\n", answer);
        Assert.Contains("\r\nConnection: close\r\n", answer);
    }

    [Theory]
    [InlineData("HEAD", "200 OK\r\nContent-Length: 5", "200 OK\r\nContent-Length: 5")]
    [InlineData("HEAD", "200 OK\r\nTransfer-Encoding: chunked", "200 OK")]
    [InlineData("GET", "204 None", "204 None")]
    [InlineData("GET", "304 Same\r\nETag: x\r\nContent-Length: 5", "304 Same\r\nETag: x\r\nContent-Length: 5")]
    public async Task Some_responses_have_no_body_whatever_their_fields_say(string method, string response, string expected)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Get.Replace("GET", method));
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync($"HTTP/1.1 {response}\r\n\r\n");
        Assert.Equal($"HTTP/1.1 {expected}\r\nVia: 1.1 multiexit\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync(Get);
        await AnswerAsync(server, client);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "1.1")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n", "1.0")]
    public async Task A_body_that_ends_with_the_connection_ends_the_clients_too(string response, string version)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Get);
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync(response + "some");
        await server.SendAsync(" text");
        await server.EndAsync();
        Assert.Equal($"HTTP/1.1 200 OK\r\nVia: {version} multiexit\r\nConnection: close\r\n\r\nsome text", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_client_of_HTTP_1_0_gets_no_chunks_and_no_interim_responses()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("GET / HTTP/1.1\r\nHost: a.test\r\nVia: 1.0 multiexit\r\n\r\n", await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        Assert.Contains("\r\nConnection: keep-alive\r\n", await client.ReadHeadAsync());
        Assert.Equal("hi", await client.ReadAsync(2));
        await client.SendAsync("GET http://a.test/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        await server.ReadHeadAsync();
        await server.SendAsync(
            "HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n6;x\r\n world\r\n0\r\nX: 1\r\n\r\n");
        Assert.Equal("HTTP/1.1 200 OK\r\nVia: 1.1 multiexit\r\nConnection: close\r\n\r\nhello world", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Options_and_Max_Forwards_end_where_they_should()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("OPTIONS * HTTP/1.1\r\nHost: proxy\r\n\r\nOPTIONS http://a.test HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 0\r\n\r\n");
        Assert.Contains("\r\nAllow: ", await client.ReadHeadAsync());
        Assert.Contains("\r\nAllow: ", await client.ReadHeadAsync());
        await client.SendAsync("OPTIONS http://a.test HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 7\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("OPTIONS * HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 6\r\nVia: 1.1 multiexit\r\n\r\n", await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 204 None\r\n\r\n");
        await client.ReadHeadAsync();
        await client.SendAsync("TRACE http://a.test/ HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 405 ", await client.ReadHeadAsync());
    }

    [Fact]
    public async Task A_WebSocket_passes_through()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ws HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: x\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.Equal("GET /ws HTTP/1.1\r\nHost: a.test\r\nSec-WebSocket-Key: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nVia: 1.1 multiexit\r\n\r\n",
            await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly");
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nVia: 1.1 multiexit\r\n\r\n",
            await client.ReadHeadAsync());
        Assert.Equal("early", await client.ReadAsync(5));
        await client.SendAsync("\u0081\u0000");
        await client.EndAsync();
        Assert.Equal("\u0081\u0000", await server.ReadToEndAsync());
        await server.SendAsync("\u0088\u0000");
        await server.EndAsync();
        Assert.Equal("\u0088\u0000", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_failed_dial_leaves_the_connection_usable()
    {
        await using HttpProxyFixture proxy = new();
        proxy.Dispatcher.Failures["blocked.test:80"] = DialFailure.NotAllowed;
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(
            "POST http://blocked.test/ HTTP/1.1\r\nHost: blocked.test\r\nContent-Length: 4\r\n\r\n"
            + "bodyGET http://nowhere.test/ HTTP/1.1\r\nHost: x\r\n\r\n"
            + "HEAD http://nowhere.test/ HTTP/1.1\r\nHost: x\r\n\r\n" + Get);
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 403 ", head);
        Assert.Equal("the proxy does not allow this destination\n", await client.ReadAsync(42));
        head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 502 ", head);
        Assert.Contains("\r\nProxy-Status: multiexit; error=dns_error\r\n", head);
        Assert.Equal("the destination's name does not resolve\n", await client.ReadAsync(40));
        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadHeadAsync());
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await AnswerAsync(server, client);
    }

    private static async Task AnswerAsync(TextPeer server, TextPeer client)
    {
        Assert.Equal(Forwarded, await server.ReadHeadAsync());
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync());
        Assert.Equal("ok", await client.ReadAsync(2));
    }
}
