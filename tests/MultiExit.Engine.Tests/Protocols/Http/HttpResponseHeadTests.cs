using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Tests.Protocols.Http;

public sealed class HttpResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, "OK", true)]
    [InlineData("HTTP/1.1 404 \r\n\r\n", 404, "", true)]
    [InlineData("HTTP/1.1 404\r\n\r\n", 404, "", true)]
    [InlineData("HTTP/1.0 200 Very well\r\n\r\n", 200, "Very well", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", 200, "OK", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 200, "OK", false)]
    public void A_status_line_is_read(string text, int status, string reason, bool keepAlive)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        HttpResponseHead head = HttpResponseHead.Parse(bytes, out _)!;
        Assert.Equal(status, head.Status);
        Assert.Equal(reason, Encoding.Latin1.GetString(bytes[head.Reason]));
        Assert.Equal(keepAlive, head.KeepAlive);
    }

    [Theory]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n\r\n")]
    [InlineData("200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n : 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX Y : 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 1\r\nTransfer-Encoding : chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\n\r\n")]
    public void A_malformed_response_is_refused(string text)
    {
        Assert.Null(HttpResponseHead.Parse(Encoding.Latin1.GetBytes(text), out HttpFault fault));
        Assert.False(fault.IsNone);
    }

    [Theory]
    [InlineData("200 OK\r\nContent-Length: 5", "GET", HttpBodyKind.Length)]
    [InlineData("200 OK\r\nContent-Length: 5\r\nContent-Length: 5", "GET", HttpBodyKind.Length)]
    [InlineData("200 OK\r\nTransfer-Encoding: chunked", "GET", HttpBodyKind.Chunked)]
    [InlineData("200 OK", "GET", HttpBodyKind.UntilClose)]
    [InlineData("200 OK\r\nContent-Length: 5", "HEAD", HttpBodyKind.None)]
    [InlineData("200 OK\r\nTransfer-Encoding: chunked", "HEAD", HttpBodyKind.None)]
    [InlineData("204 No Content\r\nContent-Length: 5", "GET", HttpBodyKind.None)]
    [InlineData("304 Not Modified\r\nContent-Length: 5", "GET", HttpBodyKind.None)]
    [InlineData("100 Continue\r\nContent-Length: 5", "POST", HttpBodyKind.None)]
    internal void The_body_follows_from_status_method_and_fields(string text, string method, HttpBodyKind kind) =>
        Assert.Equal(kind, HttpResponseHead.Parse(Encoding.Latin1.GetBytes("HTTP/1.1 " + text + "\r\n\r\n"), out _)!.BodyFor(method).Kind);
}
