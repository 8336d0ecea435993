using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.BackEnds;

/// <summary>The HTTP back-end towards services of all kinds.</summary>
public sealed class HttpBackEndTests : IAsyncDisposable
{
    private static readonly BackEndQuestion Alice = new("alice", "pä\"ss"u8.ToArray(), "edge", IPAddress.Parse("2001:db8::7"));

    private readonly PortableTransport _transport = new();

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    [Fact]
    public async Task It_is_told_who_asks_and_by_whom()
    {
        using HttpLoginService service = new(_ => """{"allow":true}""");
        Assert.Equal("alice", (await AskAsync(service, Alice)).User?.Name);
        using HttpLoginService tokens = new(_ => """{"allow":true,"user":"ci"}""");
        Assert.Equal("ci", (await AskAsync(tokens, Alice with { Name = null, Secret = "to-ken"u8.ToArray() })).User?.Name);
        string[] asked = service.Requests[0].Split("\r\n");
        Assert.Equal("POST /ask?k=v HTTP/1.1", asked[0]);
        Assert.Contains("Authorization: Bearer key-of-server", asked);
        Assert.Contains("Content-Type: application/json", asked);
        Assert.Equal("""{"user":"alice","password":"p\u00E4\u0022ss","inbound":"edge","client":"2001:db8::7","server":"edge-1"}""", asked[^1]);
        Assert.EndsWith("""{"token":"to-ken","inbound":"edge","client":"2001:db8::7","server":"edge-1"}""", tokens.Requests[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("401 Unauthorized", "", "Denied")]
    [InlineData("403 Forbidden", "", "Denied")]
    [InlineData("200 OK", """{"allow":false}""", "Denied")]
    [InlineData("500 Internal Server Error", """{"allow":false}""", "Unavailable")]
    [InlineData("503 Service Unavailable", "", "Unavailable")]
    [InlineData("404 Not Found", "", "Unusable")]
    [InlineData("422 Unprocessable Content", "", "Unusable")]
    [InlineData("429 Too Many Requests", "", "Unusable")]
    [InlineData("204 No Content", "", "Unusable")]
    [InlineData("200 OK", "<html>Log in first</html>", "Unusable")]
    public async Task Only_what_says_no_is_a_denial_and_only_what_says_that_it_cannot_is_an_outage(string status, string body, string verdict)
    {
        using HttpLoginService service = new((_, stream) => HttpLoginService.WriteAsync(stream, status, body));
        Assert.Equal(verdict, $"{(await AskAsync(service, Alice)).Verdict}");
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_password()
    {
        using HttpLoginService other = new(_ => """{"allow":true}""");
        using HttpLoginService service = new((_, stream) => HttpLoginService.WriteAsync(stream, "307 Temporary Redirect", "", $"Location: {other.Url}\r\n"));
        BackEndAnswer answer = await AskAsync(service, Alice);
        Assert.Equal((BackEndVerdict.Unusable, "it answered 307"), (answer.Verdict, answer.Reason));
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_body_of_a_gibibyte_is_read_up_to_64_KiB()
    {
        long written = 0;
        TaskCompletionSource ended = new();
        using HttpLoginService service = new(async (_, stream) =>
        {
            try
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray());
                byte[] piece = new byte[64 * 1024];
                for (; written < 1 << 30; written += piece.Length) await stream.WriteAsync(piece);
            }
            finally
            {
                ended.SetResult();
            }
        });
        BackEndAnswer answer = await AskAsync(service, Alice);
        Assert.Equal((BackEndVerdict.Unusable, "its answer has more than 64 KiB"), (answer.Verdict, answer.Reason));
        await ended.Task.WaitAsync(TestTransports.Patience);
        Assert.True(written < 64 << 20, $"{written} bytes were taken");
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"allow\"")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task An_answer_that_comes_slowly_or_not_to_its_end_ends_with_the_time_out(string beginning)
    {
        TaskCompletionSource over = new();
        using HttpLoginService service = new(async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning));
            await over.Task;
        });
        using HttpBackEnd backEnd = Create(service.Url);
        HttpAuthConfig hasty = new() { Url = new Secret(service.Url), Timeout = TimeSpan.FromMilliseconds(100) };
        using BackEndAsks asks = new(hasty, backEnd, TimeProvider.System);
        await Assert.ThrowsAsync<Errors.ProxyException>(() => asks.LogInAsync(Alice, default).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Contains("no answer within", asks.Health.Outage?.Reason, StringComparison.Ordinal);
        over.SetResult();
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"allow\":true}")]
    public async Task What_is_no_HTTP_or_ends_too_early_is_no_answer(string bytes)
    {
        using HttpLoginService service = new((_, stream) => stream.WriteAsync(Encoding.ASCII.GetBytes(bytes)).AsTask());
        Assert.Equal(BackEndVerdict.Unavailable, (await AskAsync(service, Alice)).Verdict);
    }

    [Fact]
    public async Task Fields_without_an_end_are_not_read()
    {
        using HttpLoginService service = new(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            byte[] field = Encoding.ASCII.GetBytes($"X: {new string('x', 1000)}\r\n");
            for (int i = 0; i < 100_000; i++) await stream.WriteAsync(field);
        });
        Assert.Equal(BackEndVerdict.Unavailable, (await AskAsync(service, Alice)).Verdict);
    }

    [Fact]
    public async Task A_certificate_counts_by_the_CA_file_alone_which_is_read_again()
    {
        using SelfSignedFiles right = SelfSignedFiles.Create("127.0.0.1"), wrong = SelfSignedFiles.Create("127.0.0.1");
        using TemporaryFolder folder = new();
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(
            X509Certificate2.CreateFromPemFile(right.CertificateFile, right.KeyFile).Export(X509ContentType.Pfx), null);
        using HttpLoginService service = new((_, stream) => HttpLoginService.WriteAsync(stream, "200 OK", """{"allow":true}"""), certificate);
        File.Copy(wrong.CertificateFile, folder["ca.pem"]);
        using HttpBackEnd backEnd = Create(service.Url, folder["ca.pem"]);
        Assert.Equal(BackEndVerdict.Unavailable, (await backEnd.AskAsync(Alice, default)).Verdict);
        Assert.Empty(service.Requests);
        File.Copy(right.CertificateFile, folder["ca.pem"], overwrite: true);
        Assert.Equal([folder["ca.pem"]], backEnd.Files);
        backEnd.Refresh();
        Assert.Equal(BackEndVerdict.Allowed, (await backEnd.AskAsync(Alice, default)).Verdict);
        // The system trusts neither.
        using HttpBackEnd strict = Create(service.Url);
        Assert.Equal(BackEndVerdict.Unavailable, (await strict.AskAsync(Alice, default)).Verdict);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_no_answer_and_says_why()
    {
        using ClosedPort gone = new();
        using HttpBackEnd backEnd = Create($"http://{gone.EndPoint}/ask");
        Stopwatch took = Stopwatch.StartNew();
        BackEndAnswer answer = await backEnd.AskAsync(Alice, default).WaitAsync(TestTransports.Patience);
        Assert.Equal(BackEndVerdict.Unavailable, answer.Verdict);
        Assert.NotEmpty(answer.Reason!);
        Assert.True(took.Elapsed < TestTransports.Patience);
    }

    private async Task<BackEndAnswer> AskAsync(HttpLoginService service, BackEndQuestion question)
    {
        using HttpBackEnd backEnd = Create(service.Url);
        return await backEnd.AskAsync(question, default).WaitAsync(TestTransports.Patience);
    }

    private HttpBackEnd Create(string url, string? ca = null) => new(
        new HttpAuthConfig { Url = new Secret(url), Token = new Secret("key-of-server"), CaFile = ca }, "edge-1",
        async (server, token) => await _transport.ConnectAsync(new IPEndPoint(IPAddress.Parse(server.Host), server.Port), default, token));
}
