using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Tests.Support;
using static MultiExit.Engine.Tests.Protocols.Dns.DnsBytes;

namespace MultiExit.Engine.Tests.Resolving;

public sealed class DohClientTests : IDisposable
{
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private readonly ManualTimeProvider _time = new();
    private readonly FakeServer _server = new();
    private readonly DohClient _client;

    public DohClientTests() => _client = new(new DohConfig { Url = new("https://dns.test/dns-query") }, _server, _time);

    [Fact]
    public async Task A_question_is_a_request_that_caches_know()
    {
        // RFC 8484 section 4.1.1: the example request.
        _server.Answer = _ => Message(Response("www.example.com", DnsType.A, [Record(Asked, DnsType.A, 60, 192, 0, 2, 1)]));
        Assert.Single((await QueryAsync("www.example.com")).Message!.Answers);
        HttpRequestMessage request = Assert.Single(_server.Requests);
        Assert.Equal("https://dns.test/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB", request.RequestUri!.ToString());
        Assert.Equal((HttpMethod.Get, HttpVersion.Version20, "application/dns-message"), (request.Method, request.Version, request.Headers.Accept.ToString()));
    }

    [Fact]
    public async Task The_age_of_a_response_is_told()
    {
        _server.Answer = _ =>
        {
            HttpResponseMessage response = Message(Response("a.example", DnsType.A, []));
            response.Headers.Age = TimeSpan.FromSeconds(7);
            return response;
        };
        Assert.Equal(TimeSpan.FromSeconds(7), (await QueryAsync("a.example")).Age);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, 1, DnsStatus.BadAnswer, "the resolver https://dns.test/dns-query answers with the HTTP status 403")]
    [InlineData(HttpStatusCode.Redirect, 1, DnsStatus.BadAnswer, "the resolver https://dns.test/dns-query answers with the HTTP status 302")]
    [InlineData(HttpStatusCode.BadGateway, 2, DnsStatus.Unreachable, "the resolver https://dns.test/dns-query answers with the HTTP status 502")]
    public async Task Another_status_is_told(HttpStatusCode code, int attempts, DnsStatus status, string failure)
    {
        _server.Answer = _ => new HttpResponseMessage(code);
        DnsReply reply = await QueryAsync("a.example");
        Assert.Equal((status, failure, attempts), (reply.Status, reply.Failure, _server.Requests.Count));
    }

    [Fact]
    public async Task Another_type_of_content_is_told()
    {
        _server.Answer = _ => new HttpResponseMessage { Content = new StringContent("<html>") };
        Assert.Equal("the resolver https://dns.test/dns-query does not answer with application/dns-message; is the path of the URL right?",
            (await QueryAsync("a.example")).Failure);
    }

    [Fact]
    public async Task A_body_without_end_is_not_read_on()
    {
        _server.Answer = _ => Message(new StreamContent(new EndlessStream()));
        Assert.Equal("the resolver https://dns.test/dns-query answers with more than 65535 bytes", (await QueryAsync("a.example")).Failure);
    }

    [Fact]
    public async Task What_is_no_message_is_told()
    {
        _server.Answer = _ => Message([1, 2, 3]);
        Assert.Equal("the resolver https://dns.test/dns-query gave an answer that is no DNS message", (await QueryAsync("a.example")).Failure);
    }

    [Fact]
    public async Task A_connection_that_fails_once_is_tried_again()
    {
        _server.Answer = requests => requests == 1
            ? throw new HttpRequestException("x", new SocketException((int)SocketError.ConnectionReset))
            : Message(Response("a.example", DnsType.A, []));
        Assert.NotNull((await QueryAsync("a.example")).Message);
    }

    [Fact]
    public async Task A_resolver_that_is_silent_is_given_up()
    {
        _server.Hangs = true;
        Task<DnsReply> query = QueryAsync("a.example");
        for (int attempt = 0; attempt < 2; attempt++)
        {
            await _server.Hung.WaitAsync().WaitAsync(Patience);
            _time.Advance(DohClient.AttemptTimeout);
        }
        Assert.Equal("the resolver https://dns.test/dns-query cannot be reached: no answer within 3 s", (await query).Failure);
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task A_caller_may_stop_waiting()
    {
        _server.Hangs = true;
        using CancellationTokenSource stop = new();
        Task<DnsReply> query = _client.QueryAsync("a.example", DnsType.A, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query.WaitAsync(Patience));
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private async Task<DnsReply> QueryAsync(string name) => await _client.QueryAsync(name, DnsType.A, default).AsTask().WaitAsync(Patience);

    private static HttpResponseMessage Message(byte[] body) => Message(new ByteArrayContent(body));

    private static HttpResponseMessage Message(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dns-message");
        return new HttpResponseMessage { Content = content };
    }

    private sealed class FakeServer : HttpMessageHandler
    {
        public List<HttpRequestMessage> Requests { get; } = [];

        /// <summary>The answer to the n-th request.</summary>
        public Func<int, HttpResponseMessage> Answer { get; set; } = _ => new HttpResponseMessage();

        public bool Hangs { get; set; }

        /// <summary>Released for each request that hangs.</summary>
        public SemaphoreSlim Hung { get; } = new(0);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            if (Hangs)
            {
                Hung.Release();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            return Answer(Requests.Count);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) Hung.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(buffer.Length);

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override int Read(Span<byte> buffer) => buffer.Length;
    }
}
