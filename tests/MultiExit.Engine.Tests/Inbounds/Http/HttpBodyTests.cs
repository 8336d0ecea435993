using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Inbounds.Http;

/// <summary>Bodies: large, both ways at once, broken off.</summary>
public sealed class HttpBodyTests
{
    private const int Large = 24 * 1024 * 1024;
    private static readonly string Post = $"POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nContent-Length: {Large}\r\n\r\n";

    [Fact]
    public async Task Large_bodies_stream_both_ways_at_the_same_time_unchanged()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        byte[] bytes = RandomNumberGenerator.GetBytes(Large);
        Task sending = Task.Run(async () =>
        {
            await client.SendAsync(Post);
            await client.Stream.WriteAsync(bytes);
        });
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        // An echo: neither side could finish if the proxy did one direction after the other.
        Task echoing = Task.Run(async () =>
        {
            await server.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Large}\r\n\r\n");
            byte[] buffer = new byte[65536];
            for (int left = Large; left > 0;)
            {
                int read = await server.Stream.ReadAsync(buffer);
                Assert.NotEqual(0, read);
                await server.Stream.WriteAsync(buffer.AsMemory(0, read));
                left -= read;
            }
        });
        await client.ReadHeadAsync();
        byte[] back = new byte[Large];
        await client.Stream.ReadExactlyAsync(back).AsTask().WaitAsync(TestTransports.Patience);
        await Task.WhenAll(sending, echoing).WaitAsync(TestTransports.Patience);
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(back));
        client.Dispose();
        await proxy.Host.EndedAsync();
        SessionTable sessions = proxy.Dispatcher.Sessions;
        Assert.Empty(sessions.Live);
        Assert.InRange(sessions.BytesUp, Large, Large + 1000);
        Assert.InRange(sessions.BytesDown, Large, Large + 1000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_answers_early_reaches_a_client_that_sends_before_it_reads(bool serverReads)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        Task sending = Task.Run(async () =>
        {
            await client.SendAsync(Post);
            await client.Stream.WriteAsync(new byte[Large]);
        });
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        if (serverReads) await server.ReadAsync(Large);
        else server.Dispose();
        await sending.WaitAsync(TestTransports.Patience);
        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadHeadAsync());
        Assert.Equal("no", await client.ReadAsync(2));
    }

    [Fact]
    public async Task A_large_response_to_a_slow_reader_is_complete()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.0\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        Task sending = Task.Run(async () =>
        {
            await server.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int sent = 0; sent < Large; sent += 65536) await server.SendAsync("10000\r\n" + new string('x', 65536) + "\r\n");
            await server.SendAsync("0\r\n\r\n");
        });
        string all = await client.ReadToEndAsync();
        await sending.WaitAsync(TestTransports.Patience);
        Assert.Equal(Large, all.Length - all.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n")]
    public async Task A_response_that_breaks_off_does_not_look_complete(string response)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\n" + response);
        await server.EndAsync();
        string all = await client.ReadToEndAsync();
        Assert.Contains("half", all);
        Assert.DoesNotContain("\r\n0\r\n", all);
    }

    [Fact]
    public async Task A_close_delimited_response_that_is_reset_resets_the_client()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\n\r\nhalf");
        await client.ReadHeadAsync();
        Assert.Equal("half", await client.ReadAsync(4));
        server.Stream.Abort();
        await Assert.ThrowsAnyAsync<IOException>(client.ReadToEndAsync);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nX: 1\n\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O")]
    [InlineData("")]
    public async Task An_answer_that_is_none_becomes_502_and_the_client_may_go_on(string response)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync(response);
        await server.EndAsync();
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 502 ", head);
        Assert.Contains("\r\nConnection: keep-alive\r\n", head);
    }

    [Theory]
    [InlineData("zz\r\n", 400)]
    [InlineData("ffffffffffffffffff\r\n", 400)]
    [InlineData("5\r\nhelloX", 400)]
    [InlineData("5;=\r\n", 400)]
    public async Task A_faulty_chunk_from_the_client_is_refused_and_never_looks_complete_to_the_server(string body, int status)
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n" + body);
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadToEndAsync());
        string received;
        try
        {
            received = await server.ReadToEndAsync();
        }
        catch (IOException)
        {
            received = "";
        }
        Assert.DoesNotContain("\r\n0\r\n", received);
        client.Dispose();
        await proxy.Host.EndedAsync();
        Assert.IsType<ProxyException>(Assert.Single(proxy.Host.Exceptions));
    }

    [Fact]
    public async Task A_client_that_breaks_off_its_upload_breaks_off_the_servers_too()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync(Post + "part");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        Assert.Equal("part", await server.ReadAsync(4));
        await client.EndAsync();
        await Assert.ThrowsAnyAsync<IOException>(server.ReadToEndAsync);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_ended_session_is_told_as_504_before_the_response_and_breaks_it_off_within()
    {
        await using HttpProxyFixture proxy = new();
        using TextPeer client = await proxy.ConnectAsync();
        await client.SendAsync("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n");
        using TextPeer silent = await proxy.Origin.AcceptedAsync();
        await silent.ReadHeadAsync();
        Assert.Single(proxy.Dispatcher.Sessions.Live).Abort(SessionOutcome.Idle);
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 504 ", head);
        await client.ReadAsync(Encoding.ASCII.GetByteCount("the server did not answer in time\n"));
        await client.SendAsync("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n");
        using TextPeer server = await proxy.Origin.AcceptedAsync();
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        await client.ReadHeadAsync();
        Assert.Equal("half", await client.ReadAsync(4));
        Assert.Single(proxy.Dispatcher.Sessions.Live).Abort(SessionOutcome.Drain);
        await Assert.ThrowsAnyAsync<IOException>(client.ReadToEndAsync);
    }
}
