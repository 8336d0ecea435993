using System.Text;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.Tests.Protocols.WebSocket;

public sealed class WebSocketHandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Good = "GET /a?b=c HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n";

    private static WebSocketRequest? Parse(string text, out HttpFault fault)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text + "\r\n");
        HttpRequestHead head = HttpRequestHead.Parse(bytes, out fault)!;
        return WebSocketRequest.Parse(head, bytes, out fault);
    }

    [Fact]
    public void Reads_a_request()
    {
        WebSocketRequest request = Parse(Good + "Sec-WebSocket-Protocol: one\r\nSec-WebSocket-Protocol: two\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, multiexit-half-close\r\n", out _)!;
        Assert.Equal((Key, "one, two"), (request.Key, request.Protocol));
        Assert.Equal(["permessage-deflate", "multiexit-half-close"], request.Extensions);
        Assert.Null(Parse(Good, out _)!.Protocol);
    }

    [Theory]
    [InlineData("GET /", "POST /", 405)]
    [InlineData("HTTP/1.1", "HTTP/1.0", 400)]
    [InlineData("Upgrade: websocket\r\n", "", 426)]
    [InlineData("Upgrade: websocket", "Upgrade: h2c", 426)]
    [InlineData("keep-alive, Upgrade", "keep-alive", 426)]
    [InlineData("Version: 13", "Version: 8", 426)]
    [InlineData("Version: 13", "Version: 13, 8", 426)]
    [InlineData("Sec-WebSocket-Version: 13\r\n", "", 400)]
    [InlineData("Sec-WebSocket-Key: " + Key + "\r\n", "", 400)]
    [InlineData(Key, "x", 400)]
    [InlineData("Host: h", "Host: h\r\nSec-WebSocket-Key: " + Key, 400)]
    [InlineData("Host: h", "Host: h\r\nContent-Length: 3", 400)]
    public void Refuses_what_is_none(string part, string instead, int status)
    {
        Assert.Null(Parse(Good.Replace(part, instead, StringComparison.Ordinal), out HttpFault fault));
        Assert.Equal(status, fault.Status);
    }

    [Fact]
    public void Writes_a_request_that_it_reads()
    {
        HttpHeadWriter writer = new();
        WebSocketRequest.Write(writer, "h:80", "/p", Key, "token", "ext");
        WebSocketRequest request = Parse(Encoding.Latin1.GetString(writer.Written.Span), out _)!;
        Assert.Equal((Key, "token", "ext"), (request.Key, request.Protocol, Assert.Single(request.Extensions)));
    }

    private static WebSocketResponse? Respond(string fields, string? protocol, string? extension, out string? problem)
    {
        byte[] bytes = Encoding.Latin1.GetBytes("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n");
        return WebSocketResponse.Parse(HttpResponseHead.Parse(bytes, out _)!, bytes, Key, protocol, extension, out problem);
    }

    [Fact]
    public void Reads_what_it_answers()
    {
        byte[] bytes = WebSocketResponse.Format(Key, "token", "ext").ToArray();
        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: token\r\nSec-WebSocket-Extensions: ext\r\n\r\n",
            Encoding.Latin1.GetString(bytes));
        HttpResponseHead head = HttpResponseHead.Parse(bytes, out _)!;
        Assert.Equal(new WebSocketResponse("token", true), WebSocketResponse.Parse(head, bytes, Key, "token", "ext", out _));
    }

    private const string Accepts = "Upgrade: WebSocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

    [Theory]
    [InlineData("Connection: upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "the answer is no upgrade to WebSocket")]
    [InlineData("Upgrade: websocket\r\nConnection: upgrade\r\n", "Sec-WebSocket-Accept does not belong to the key")]
    [InlineData(Accepts + "Sec-WebSocket-Protocol: three\r\n", "the server chose a subprotocol that was not offered")]
    [InlineData(Accepts + "Sec-WebSocket-Extensions: permessage-deflate\r\n", "the server chose an extension that was not offered")]
    public void Refuses_a_faulty_answer(string fields, string problem)
    {
        Assert.Null(Respond(fields, "one, two", "ext", out string? told));
        Assert.Equal(problem, told);
    }

    [Fact]
    public void Takes_an_answer_that_chooses_nothing_or_one_of_several()
    {
        Assert.Equal(new WebSocketResponse(null, false), Respond(Accepts, "one, two", "ext", out _));
        Assert.Equal("two", Respond(Accepts + "Sec-WebSocket-Protocol: two\r\n", "one, two", null, out _)!.Protocol);
    }
}
