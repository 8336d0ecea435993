using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Tests.Protocols.Http;

public sealed class HttpRequestHeadTests
{
    private static readonly HttpLimits Limits = new(MaxLine: 100, MaxHead: 400, MaxFields: 5);

    [Theory]
    [InlineData("GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET http://a.example/ HTTP/1.0\r\n\r\n")]
    [InlineData("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nX:\r\n\r\n")]
    public void A_head_is_found_byte_by_byte_and_no_earlier(string text)
    {
        byte[] bytes = [.. Encoding.Latin1.GetBytes(text), .. "behind"u8];
        HttpHeadScanner scanner = new();
        for (int count = 0; count < text.Length; count++)
            Assert.Equal(HttpParse.NeedMore, scanner.Scan(bytes.AsSpan(0, count), Limits, out _, out _));
        Assert.Equal(HttpParse.Ok, scanner.Scan(bytes, Limits, out int length, out _));
        Assert.Equal(text.Length, length);
        Assert.NotNull(HttpRequestHead.Parse(bytes.AsSpan(0, length), out _));
    }

    [Theory]
    // framing
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n")]
    [InlineData(400, "POST http://a/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")]
    // field lines
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\n Host: a\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost : a\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\nX: b\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\nHost: a\n\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: a\u0001b\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: a\u007fb\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n")]
    // Host
    [InlineData(400, "GET http://a/ HTTP/1.1\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a, b\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\nHost: a/b\r\n\r\n")]
    [InlineData(400, "CONNECT a:443 HTTP/1.1\r\n\r\n")]
    // the request line
    [InlineData(400, "\r\n\r\n")]
    [InlineData(400, "GET\r\n\r\n")]
    [InlineData(400, "GET http://a/\r\n\r\n")]
    [InlineData(400, "GET  HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET  http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/ b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "G(T http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, " GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/\t HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/\u0001 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/#f HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET a.example HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/ http/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.10\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/11\r\nHost: a\r\n\r\n")]
    [InlineData(505, "GET http://a/ HTTP/2.0\r\nHost: a\r\n\r\n")]
    [InlineData(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData(505, "GET http://a/ HTTP/0.9\r\n\r\n")]
    public void A_malformed_head_is_refused_in_one_piece_and_byte_by_byte(int status, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal(status, Fault(bytes, bytes.Length).Status);
        Assert.Equal(status, Fault(bytes, 1).Status);
    }

    [Fact]
    public void Limits_have_their_own_answers()
    {
        Assert.Equal(414, Fault("GET http://a/" + new string('x', 100)).Status);
        Assert.Equal(431, Fault("GET http://a/ HTTP/1.1\r\nX: " + new string('x', 100)).Status);
        Assert.Equal(431, Fault("GET http://a/ HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 6)) + "\r\n").Status);
        Assert.Equal(431, Fault("GET http://a/ HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("X: " + new string('x', 90) + "\r\n", 5))).Status);
        Assert.Equal(0, Fault("GET http://a/ HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 4)) + "\r\n").Status);
    }

    [Theory]
    [InlineData("GET", "http://a.example", "a.example", "/")]
    [InlineData("GET", "HTTP://a.example:81/x?y=1", "a.example:81", "/x?y=1")]
    [InlineData("GET", "http://a.example?y", "a.example", "/?y")]
    [InlineData("GET", "http://[2001:db8::1]:81/", "[2001:db8::1]:81", "/")]
    [InlineData("GET", "http://a.example/%20|{}\"", "a.example", "/%20|{}\"")]
    [InlineData("GET", "http://a.example/\u00fc", "a.example", "/\u00fc")]
    [InlineData("OPTIONS", "http://a.example", "a.example", "*")]
    [InlineData("OPTIONS", "http://a.example/", "a.example", "/")]
    public void An_absolute_target_becomes_authority_and_origin_form(string method, string target, string authority, string path)
    {
        HttpTarget? parsed = HttpTarget.Parse(method, Encoding.Latin1.GetBytes(target), out _);
        Assert.Equal(new HttpTarget(HttpTargetForm.Absolute, "http", authority, path), parsed);
    }

    [Theory]
    [InlineData("a.example", 80, "a.example:80")]
    [InlineData("a.example:", 80, "a.example:80")]
    [InlineData("a.example:65535", -1, "a.example:65535")]
    [InlineData("192.0.2.1:1", -1, "192.0.2.1:1")]
    [InlineData("[2001:db8::1]", 80, "[2001:db8::1]:80")]
    [InlineData("[2001:db8::1]:443", -1, "[2001:db8::1]:443")]
    [InlineData("a.example", -1, null)]
    [InlineData("a.example:", -1, null)]
    [InlineData("a.example:0", 80, null)]
    [InlineData("a.example:65536", 80, null)]
    [InlineData("a.example:-1", 80, null)]
    [InlineData("a.example:+1", 80, null)]
    [InlineData("a.example:1x", 80, null)]
    [InlineData(":80", 80, null)]
    [InlineData("2001:db8::1", 80, null)]
    [InlineData("2001:db8::1:443", -1, null)]
    [InlineData("[192.0.2.1]:443", -1, null)]
    [InlineData("[fe80::1%25eth0]:443", -1, null)]
    [InlineData("[2001:db8::1]443", 80, null)]
    [InlineData("[2001:db8::1", 80, null)]
    [InlineData("[]:443", -1, null)]
    [InlineData("u@a.example:443", -1, null)]
    [InlineData("a%41.example:443", -1, null)]
    [InlineData("a.example:443/x", -1, null)]
    public void An_authority_is_host_and_port(string text, int defaultPort, string? expected) =>
        Assert.Equal(expected, HttpAuthority.TryParse(text, defaultPort, out var destination) ? destination.ToString() : null);

    [Fact]
    public void Fields_say_how_to_go_on()
    {
        HttpRequestHead head = Parse("POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close, x-hop, Upgrade\r\nContent-Length: 9223372036854775807\r\n\r\n");
        Assert.Equal(new HttpFraming(HttpBodyKind.Length, long.MaxValue), head.Body);
        Assert.False(head.KeepAlive);
        Assert.True(head.Fields.ConnectionUpgrade);
        Assert.True(head.Fields.IsListedInConnection("X-Hop"u8));
        Assert.False(head.Fields.IsListedInConnection("X-Other"u8));

        head = Parse("POST http://a/ HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        Assert.True(head.KeepAlive);
        Assert.True(head.Body.IsEmpty);
        Assert.False(Parse("GET http://a/ HTTP/1.0\r\n\r\n").KeepAlive);

        head = Parse("POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\nExpect: 100-Continue\r\nMax-Forwards: 3\r\n\r\n");
        Assert.Equal(HttpBodyKind.Chunked, head.Body.Kind);
        Assert.True(head.Fields.Expects100);
        Assert.Equal(3, head.Fields.MaxForwards);
        Assert.True(head.KeepAlive);
    }

    private static HttpRequestHead Parse(string text) => HttpRequestHead.Parse(Encoding.Latin1.GetBytes(text), out _)!;

    private static HttpFault Fault(string text) => Fault(Encoding.Latin1.GetBytes(text), int.MaxValue);

    private static HttpFault Fault(byte[] bytes, int step)
    {
        HttpHeadScanner scanner = new();
        for (int count = Math.Min(step, bytes.Length); ; count = (int)Math.Min((long)count + step, bytes.Length))
        {
            switch (scanner.Scan(bytes.AsSpan(0, count), Limits, out int length, out HttpFault fault))
            {
                case HttpParse.Invalid:
                    return fault;
                case HttpParse.Ok:
                    HttpRequestHead.Parse(bytes.AsSpan(0, length), out fault);
                    return fault;
                default:
                    Assert.True(count < bytes.Length, "the head is not complete");
                    break;
            }
        }
    }
}
