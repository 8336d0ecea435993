using System.Net;
using System.Security.Authentication;
using System.Text;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>With nginx as the fallback, nothing that a prober without the key sends distinguishes a tunnel's port from nginx's own port
/// with TLS.</summary>
public sealed class ProbingTests
{
    private const string Key = "base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private static readonly string[] Plain =
    [
        Request, "HEAD / HTTP/1.0\r\n\r\n", "GET /gone HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0 Chrome/120.0\r\n\r\n",
        "DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/3.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "SSH-2.0-x\r\n", "\u0001", "\u0005\u0001\0", "\u0080 no TLS", "\u0016\u0003\u0001\0\u0005hello",
    ];

    private static readonly byte[][] Inner =
    [
        [1], [1, 1, 0, 0, 9, 9, 9], [2], Ones(31), Ones(32), Ones(100), [.. "GET / HTTP/1.1\r\n\r\n"u8],
    ];

    [RequiresFact(ExternalTool.Nginx)]
    public async Task What_is_no_TLS_gets_what_nginx_says()
    {
        using TemporaryCertificate certificate = new();
        using Nginx nginx = await Nginx.StartAsync(certificate);
        using ProxyHost tunnel = await StartAsync(certificate, nginx);
        foreach (string probe in Plain)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(probe);
            Assert.Equal(await Prober.SendAsync(nginx.Tls, bytes), await Prober.SendAsync(AddressOf(tunnel), bytes));
        }
        string plain = await Prober.SendAsync(AddressOf(tunnel), Encoding.ASCII.GetBytes(Request));
        Assert.Contains("400 The plain HTTP request was sent to HTTPS port", plain, StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Nginx)]
    public async Task What_is_no_handshake_gets_what_nginx_says_at_once()
    {
        using TemporaryCertificate certificate = new();
        using Nginx nginx = await Nginx.StartAsync(certificate);
        using ProxyHost tunnel = await StartAsync(certificate, nginx);
        byte[] used = Hello(0);
        Assert.Equal(1, await Prober.FirstByteAsync(AddressOf(tunnel), used)); // the key opens it
        byte[][] probes = [.. Inner, used, Hello(-400), Hello(400), Hello(0, "another key"), Hello(0)[..31]];
        foreach (byte[] probe in probes)
            await AssertSameAsync(nginx, tunnel, probe, SslProtocols.Tls13);
    }

    [RequiresFact(ExternalTool.Nginx)]
    public async Task TLS_is_that_of_nginx_in_versions_suites_and_ALPN()
    {
        using TemporaryCertificate certificate = new();
        using Nginx nginx = await Nginx.StartAsync(certificate);
        using ProxyHost tunnel = await StartAsync(certificate, nginx);
        byte[] request = Encoding.ASCII.GetBytes(Request);
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            foreach (string[] alpn in (string[][])[[], ["http/1.1"], ["h2", "http/1.1"], ["http/1.0"], ["h2"], ["spdy/3"]])
                await AssertSameAsync(nginx, tunnel, request, version, alpn);
        }
        // A right hello within TLS 1.3 means nothing within 1.2.
        await AssertSameAsync(nginx, tunnel, Hello(0), SslProtocols.Tls12);
    }

    [RequiresFact(ExternalTool.Nginx)]
    public async Task Who_says_nothing_or_stops_is_ended_as_by_nginx()
    {
        using TemporaryCertificate certificate = new();
        // Each probe waits for its end, and before it a busy machine has to get through a TLS handshake: so it is long, and all of them wait at once.
        using Nginx nginx = await Nginx.StartAsync(certificate, "client_header_timeout 10s;");
        using ProxyHost tunnel = await StartAsync(certificate, nginx);
        await Task.WhenAll(((byte[][])[[], [.. "GET / HT"u8], [.. "GET / HTTP/1.1\r\nHost"u8]]).SelectMany(Both));

        IEnumerable<Task> Both(byte[] probe)
        {
            yield return AssertSameAsync(nginx, tunnel, probe, SslProtocols.Tls13);
            // Without TLS, a silent client always waits for a minute: WebServerDoorTests.
            if (probe.Length > 0) yield return SameAsync(Prober.SendAsync(nginx.Tls, probe), Prober.SendAsync(AddressOf(tunnel), probe));
        }
    }

    private static Task AssertSameAsync(Nginx nginx, ProxyHost tunnel, byte[] probe, SslProtocols version, params string[] alpn) =>
        SameAsync(Prober.SendAsync(nginx.Tls, probe, version, alpn), Prober.SendAsync(AddressOf(tunnel), probe, version, alpn));

    private static async Task SameAsync(Task<string> expected, Task<string> actual) => Assert.Equal(await expected, await actual);

    private static byte[] Ones(int count) => [.. Enumerable.Repeat((byte)1, count)];

    private static async Task<ProxyHost> StartAsync(TemporaryCertificate certificate, Nginx fallback)
    {
        using TemporaryFile config = new($$"""
            inbounds:
              - name: edge
                type: tunnel
                listen: "127.0.0.1:0"
                tls: { cert: {{certificate.CertificatePath}}, key: {{certificate.KeyPath}} }
                key: "{{Key}}"
                fallback: "{{fallback.Plain}}"
                handshakes_per_client: 1000/s
            # Longer than the prober has patience: no answer may wait for it.
            limits: { handshake_timeout: 10m }
            """);
        return await ProxyHost.StartAsync("--config", config.Path);
    }

    private static IPEndPoint AddressOf(ProxyHost host) => IPEndPoint.Parse(host.Address);

    private static byte[] Hello(long skew, string key = Key)
    {
        Assert.True(TunnelPsk.TryCreate(Encoding.UTF8.GetBytes(key), out TunnelPsk? psk));
        byte[] message = new byte[TunnelHandshake.Length];
        using (psk)
            TunnelHandshake.WriteClient(message, psk, new TunnelHello(
                TunnelMethod.ChaCha20Poly1305, TunnelFlags.None, TunnelRandoms.Next(), DateTimeOffset.UtcNow.ToUnixTimeSeconds() + skew));
        return message;
    }
}
