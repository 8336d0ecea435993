using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Events;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls;

/// <summary>A server that shows a certificate whose issuer is said to be had from a URL, of a listener that counts who comes.</summary>
public sealed partial class ServerCertificatePolicyTests : IDisposable
{
    private static readonly string Root = typeof(ServerCertificatePolicyTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private readonly TcpListener _issuer = new(IPAddress.Loopback, 0);
    private readonly TemporaryFolder _folder = new();
    private readonly TestPki _root = TestPki.Root(DateTimeOffset.UtcNow);
    private readonly TestPki _middle;
    private readonly X509Certificate2 _certificate;
    private int _came;

    public ServerCertificatePolicyTests()
    {
        _issuer.Start();
        _ = CountAsync();
        _middle = _root.Beneath("Middle");
        string url = $"http://{_issuer.LocalEndpoint}/issuer.cer";
        using X509Certificate2 made = _middle.Issue("server", use: TestPki.ServerUse, names: names => names.AddIpAddress(IPAddress.Loopback),
            also: new X509AuthorityInformationAccessExtension([url], [url]));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        File.WriteAllText(_folder["ca.pem"], _root.Pem);
    }

    public void Dispose()
    {
        _issuer.Dispose();
        _certificate.Dispose();
        _middle.Dispose();
        _root.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(CertificateCheck.Chain, true)]
    [InlineData(CertificateCheck.Chain, false)]
    [InlineData(CertificateCheck.Pin, false)]
    [InlineData(CertificateCheck.None, false)]
    public async Task A_certificate_has_no_client_of_an_exit_connect_anywhere(CertificateCheck check, bool hasCaFile)
    {
        TlsClientConfig config = new()
        {
            Check = check, CaFile = hasCaFile ? _folder["ca.pem"] : null,
            Pins = check == CertificateCheck.Pin ? [_certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()] : [],
        };
        Assert.True(Destination.TryFromHost("127.0.0.1", 443, out Destination? server));
        DuplexPair pair = new();
        await using SslStream tls = new(pair.Right);
        Task accepting = tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true),
        });
        TlsClient client = new(config, server);
        Exception? refused = await Record.ExceptionAsync(() => client.ConnectAsync(_ => new(pair.Left), default).AsTask().WaitAsync(TestTransports.Patience));
        await Record.ExceptionAsync(() => accepting.WaitAsync(TestTransports.Patience));
        if (check == CertificateCheck.Chain) Assert.IsType<AuthenticationException>(refused);
        else Assert.Null(refused);
        Assert.Equal(0, Volatile.Read(ref _came));
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("auth with a CA file")]
    [InlineData("doh")]
    [InlineData("notify")]
    [InlineData("list")]
    public async Task A_certificate_has_no_client_of_HTTP_connect_anywhere(string client)
    {
        using HttpLoginService service = new((_, stream) => HttpLoginService.WriteAsync(stream, "200 OK", """{"allow":true}"""), _certificate);
        await using PortableTransport transport = new();
        async Task<DuplexStream> ConnectAsync(DnsEndPoint to, CancellationToken token) =>
            await transport.ConnectAsync(new IPEndPoint(IPAddress.Parse(to.Host), to.Port), default, token);
        Func<Task> ask = client switch
        {
            "doh" => async () =>
            {
                DohConfig config = new() { Url = new Uri(service.Url) };
                using DohClient doh = new(config, transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
                Assert.Equal(DnsStatus.Unreachable, (await doh.QueryAsync("a.example", DnsType.A, default)).Status);
            },
            "notify" => async () =>
            {
                using HttpNotice notice = new(new NotifyConfig { Url = new Secret(service.Url) });
                await Assert.ThrowsAsync<NoticeException>(() => notice.TellAsync("test", "{}", default));
            },
            "list" => async () =>
            {
                SourceFetcher fetcher = new(new RuleSetConfig("a") { Url = new Secret(service.Url) }, "", 1000,
                    async (_, to, token) => await ConnectAsync(to, token), TimeProvider.System);
                await Assert.ThrowsAsync<SourceFaultException>(() => fetcher.ReadAsync(null, always: true, default));
            },
            _ => async () =>
            {
                HttpAuthConfig config = new() { Url = new Secret(service.Url), CaFile = client == "auth" ? null : _folder["ca.pem"] };
                using HttpBackEnd auth = new(config, "edge", async (to, token) => await ConnectAsync(to, token));
                BackEndAnswer answer = await auth.AskAsync(new("a", "b"u8.ToArray(), "in", IPAddress.Loopback), default);
                Assert.Equal(BackEndVerdict.Unavailable, answer.Verdict);
            },
        };
        await ask().WaitAsync(TestTransports.Patience);
        Assert.Empty(service.Requests);
        Assert.Equal(0, Volatile.Read(ref _came));
    }

    [Theory]
    [InlineData("own.pem", null)]
    [InlineData(null, "own.key")]
    public void A_certificate_of_a_client_is_not_left_out_for_want_of_its_key(string? certificate, string? key) =>
        Assert.Throws<ArgumentException>(() => ServerCertificatePolicy.Options(null, certificate, key));

    [Fact]
    public void No_client_of_TLS_is_without_the_policy()
    {
        // The client of a control socket speaks over a Unix socket, without TLS; ClientTrust has a policy of its own, for clients.
        string[] others = ["ControlClient.cs", "ClientTrust.cs", "ServerCertificatePolicy.cs"];
        string[] clients = [.. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(path => !others.Contains(Path.GetFileName(path)) && Client().IsMatch(File.ReadAllText(path)))];
        Assert.InRange(clients.Length, 7, 20);
        Assert.DoesNotContain(clients, path => !File.ReadAllText(path).Contains("= ServerCertificatePolicy.", StringComparison.Ordinal));
        foreach (string caFile in (string[])["", _folder["ca.pem"]])
        {
            X509ChainPolicy policy = ServerCertificatePolicy.Options(caFile.Length == 0 ? null : caFile).CertificateChainPolicy!;
            Assert.True(policy.DisableCertificateDownloads);
            Assert.Equal(X509RevocationMode.NoCheck, policy.RevocationMode);
            Assert.Equal(TestPki.ServerUse, Assert.Single(policy.ApplicationPolicy.Cast<Oid>()).Value);
        }
    }

    [GeneratedRegex(@"\b(SocketsHttpHandler|HttpClientHandler|HttpClient\(\)|WebRequest|SmtpClient|ClientWebSocket|AuthenticateAsClient(Async)?|QuicConnection"
        + @"|SslClientAuthenticationOptions \w+ =|new X509Chain(Policy)?\b|X509Chain(Policy)? \w+ = new)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Client();

    private async Task CountAsync()
    {
        try
        {
            while (true)
            {
                using Socket one = await _issuer.AcceptSocketAsync();
                Interlocked.Increment(ref _came);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
