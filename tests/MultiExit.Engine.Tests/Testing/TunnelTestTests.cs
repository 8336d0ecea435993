using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Probing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Testing;

[SuppressMessage("Design", "CA1001", Justification = "IAsyncLifetime disposes of what it owns.")]
public sealed class TunnelTestTests : IAsyncLifetime
{
    // The steps before the one that fails are done in it, also on a busy machine.
    private static readonly TimeSpan EnoughToConnect = TimeSpan.FromSeconds(3);

    private readonly SelfSignedFiles _files = SelfSignedFiles.Create("localhost");
    private readonly EchoTarget _target = new();
    private TestGateway? _server;

    public async ValueTask InitializeAsync() => _server = await TestGateway.StartAsync(ConfigAssert.Valid($$"""
        inbounds:
          - { name: socks5, type: socks5, listen: "127.0.0.1:0", users: { u: { password: Zq7 } } }
          - { name: http, type: http, listen: "127.0.0.1:0", users: { u: { password: Zq7 } } }
          - { name: ws, type: websocket, listen: "127.0.0.1:0", users: { u: { password: Zq7 } } }
          - { name: wss, type: websocket, listen: "127.0.0.1:0", users: { u: { password: Zq7 } },
              tls: { cert: {{_files.CertificateFile}}, key: {{_files.KeyFile}} } }
          - { name: tunnel, type: tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, key: Zq7-psk-of-tests }
        """));

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _target.DisposeAsync();
        _files.Dispose();
    }

    [Theory]
    [InlineData("direct", "Connect FirstByte Response")]
    [InlineData("socks5://u:Zq7@{0}", "Connect Handshake FirstByte Response")]
    [InlineData("http://u:Zq7@{0}", "Connect Handshake FirstByte Response")]
    [InlineData("ws://u:Zq7@{0}/", "Connect Handshake FirstByte Response")]
    [InlineData("wss://u:Zq7@{0}/?ca={1}&sni=localhost", "Connect Tls Handshake FirstByte Response")]
    [InlineData("tunnel://{0}?psk=Zq7-psk-of-tests", "Connect Tls Handshake FirstByte Response")]
    public async Task Each_way_has_its_steps(string url, string steps)
    {
        TunnelTestResult result = await RunAsync(url);
        Assert.Null(result.Error);
        Assert.True(result.Succeeded);
        Assert.Equal(steps, string.Join(' ', result.Steps.Select(step => step.Stage)));
        Assert.All(result.Steps, step => Assert.True(step.Succeeded));
        Assert.True(result.Steps.Sum(step => step.Duration.Ticks) <= result.Duration.Ticks);
        // The target sends its input back: the request.
        Assert.Equal(
            $"HEAD / HTTP/1.1\r\nHost: {_target.EndPoint}\r\nUser-Agent: MultiExit\r\nConnection: close\r\n\r\n",
            Encoding.ASCII.GetString(result.Response.Span));
        Assert.DoesNotContain("Zq7", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_resolved_first()
    {
        string url = Fill("socks5://u:Zq7@{0}").Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        TunnelTestResult result = await RunAsync(url);
        Assert.True(result.Succeeded, result.Error);
        Assert.Equal(TunnelTestStage.Resolve, result.Steps[0].Stage);
        Assert.Contains("127.0.0.1", result.Steps[0].Detail!, StringComparison.Ordinal);
        result = await RunAsync("socks5://no-such-name.invalid");
        Assert.Equal(("ProxyUnreachable", 1, false), (result.Failure, result.Steps.Count, result.Steps[0].Succeeded));
        Assert.Equal(TunnelTestStage.Resolve, result.Steps[0].Stage);
    }

    [Theory]
    [InlineData("socks5://u:Zq7@{0}")]
    [InlineData("http://u:Zq7@{0}")]
    [InlineData("ws://u:Zq7@{0}/")]
    [InlineData("tunnel://{0}?psk=Zq7-psk-of-tests")]
    public async Task A_refused_target_and_a_proxy_that_is_gone_are_two_things(string url)
    {
        using ClosedPort closed = new();
        TunnelTestResult target = await RunAsync(url, request => request with { Destination = Destination.FromEndPoint(closed.EndPoint) });
        Assert.Equal("ConnectionRefused", target.Failure);
        Assert.Equal((TunnelTestStage.Handshake, false), (target.Steps[^1].Stage, target.Steps[^1].Succeeded));
        TunnelTestResult proxy = await RunAsync(url.Replace("{0}", closed.EndPoint.ToString(), StringComparison.Ordinal));
        Assert.Equal("ProxyUnreachable", proxy.Failure);
        TunnelTestStep step = Assert.Single(proxy.Steps);
        Assert.Equal((TunnelTestStage.Connect, false), (step.Stage, step.Succeeded));
        Assert.DoesNotContain("Zq7", target.Error + proxy.Error + proxy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("socks5://u:wrong@{0}")]
    [InlineData("http://u:wrong@{0}")]
    [InlineData("ws://u:wrong@{0}/")]
    public async Task A_login_that_is_refused_is_told(string url)
    {
        TunnelTestResult result = await RunAsync(url);
        Assert.Equal("ProxyAuthenticationFailed", result.Failure);
        // The credentials beside the URL have precedence over those in it.
        result = await RunAsync(url, request => request with { Login = new UserConfig("u", new Secret("Zq7")) });
        Assert.True(result.Succeeded, result.Error);
    }

    [Fact]
    public async Task TLS_that_fails_is_the_step_that_failed()
    {
        TunnelTestResult result = await RunAsync("wss://u:Zq7@{0}/");
        Assert.Equal((TunnelTestStage.Tls, false), (result.Steps[^1].Stage, result.Steps[^1].Succeeded));
        Assert.Equal("ProxyProtocolError", result.Failure);
    }

    [Fact]
    public async Task A_silent_proxy_and_a_silent_target_run_into_the_time_out()
    {
        using ScriptedProxy silent = new();
        TunnelTestResult result = await RunAsync($"socks5://{silent.EndPoint}", request => request with { Timeout = EnoughToConnect });
        Assert.False(result.Succeeded);
        Assert.Equal(TunnelTestStage.Handshake, result.Steps[^1].Stage);
        result = await RunAsync("direct", request => request with
        {
            Destination = Destination.FromEndPoint(silent.EndPoint), Timeout = EnoughToConnect,
        });
        Assert.Equal(("TimedOut", TunnelTestStage.FirstByte), (result.Failure, result.Steps[^1].Stage));
    }

    [Fact]
    public async Task What_is_given_is_sent_and_the_end_with_it_where_asked_for()
    {
        await using DigestTarget digest = new();
        byte[] data = RandomNumberGenerator.GetBytes(300_000);
        TunnelTestResult result = await RunAsync("ws://u:Zq7@{0}/", request => request with
        {
            Destination = Destination.FromEndPoint(digest.EndPoint), Data = data, HalfClose = true,
        });
        Assert.True(result.Succeeded, result.Error);
        Assert.Equal((byte[])[.. SHA256.HashData(data), .. data], result.Response.ToArray());
        // More than the target takes before it is read, and more than is kept.
        result = await RunAsync("socks5://u:Zq7@{0}", request => request with { Data = new byte[3 << 20] });
        Assert.True(result.IsTruncated);
        Assert.InRange(result.Response.Length, TunnelTest.MaxResponse, TunnelTest.MaxResponse + (1 << 20));
    }

    [Fact]
    public async Task A_target_that_closes_without_a_word_is_no_success()
    {
        TunnelTestResult result = await RunAsync("http://u:Zq7@{0}", request => request with { Data = Array.Empty<byte>(), HalfClose = true });
        Assert.Equal("NoAnswer", result.Failure);
    }

    [Theory]
    [InlineData("ftp://u:Zq7@h")]
    [InlineData("socks5://u:Zq7@h:x")]
    [InlineData("tunnel://h")]
    public async Task A_URL_that_cannot_be_read_is_told_without_its_secrets(string url)
    {
        ProxyException exception = await Assert.ThrowsAsync<ProxyException>(() => RunAsync(url));
        Assert.Equal(ProxyError.InvalidConfiguration, exception.Reason);
        Assert.DoesNotContain("Zq7", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_ends_it()
    {
        using ScriptedProxy silent = new();
        using CancellationTokenSource cancellation = new();
        Task<TunnelTestResult> running = TunnelTest.RunAsync(
            new TunnelTestRequest { Through = $"socks5://{silent.EndPoint}", Destination = Destination.FromEndPoint(_target.EndPoint) }, cancellation.Token);
        await silent.AcceptedAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TestTransports.Patience));
    }

    private Task<TunnelTestResult> RunAsync(string url, Func<TunnelTestRequest, TunnelTestRequest>? change = null)
    {
        TunnelTestRequest request = new()
        {
            Through = Fill(url), Destination = Destination.FromEndPoint(_target.EndPoint),
            Timeout = TestTransports.Patience, Silence = TestTransports.Patience,
        };
        return TunnelTest.RunAsync(change?.Invoke(request) ?? request).WaitAsync(2 * TestTransports.Patience);
    }

    private string Fill(string url)
    {
        string scheme = url.Split("://")[0];
        ListenerStatus? listener = _server!.Server.GetStatus().Listeners.FirstOrDefault(candidate => candidate.Inbound == scheme);
        return string.Format(System.Globalization.CultureInfo.InvariantCulture, url, listener?.EndPoint, Uri.EscapeDataString(_files.CertificateFile));
    }
}
