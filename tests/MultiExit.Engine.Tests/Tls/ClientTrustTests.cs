using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Certificates;
using MultiExit.Engine.Tests.Protocols.Certificates;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests.Tls;

/// <summary>Certificates of clients over real TLS, with CAs and lists that .NET makes.</summary>
public sealed class ClientTrustTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = TestTransports.Patience;

    private readonly ManualTimeProvider _time = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("multiexit-test-");
    private readonly TestPki _ca;

    public ClientTrustTests() => _ca = TestPki.Root(_time.GetUtcNow());

    public void Dispose()
    {
        _ca.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_certificate_of_the_ca_comes_through_with_its_names(SslProtocols version)
    {
        using X509Certificate2 bob = _ca.Issue("bob", names: names => names.AddDnsName("Bob.example"));
        ClientCertificate? shown = await ShowAsync(Server(new() { CaFile = CaFile() }), bob, version: version);
        Assert.Equal("bob", shown!.CommonName);
        Assert.Equal(DistinguishedNameText.Parse("CN=bob,O=Example")!.Canonical, shown.Subject);
        Assert.Equal(AlternativeName.Parse("bob.example"), Assert.Single(shown.Names));
        Assert.Equal(bob.GetCertHashString(HashAlgorithmName.SHA256), shown.Fingerprint);
        Assert.Contains("CN=bob, O=Example, serial ", shown.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_without_a_certificate_comes_through_only_where_it_is_optional(SslProtocols version)
    {
        Assert.Null(await ShowAsync(Server(new() { CaFile = CaFile(), Required = false }), null, version: version));
        Assert.Equal("it has shown no certificate", await RefusalAsync(new() { CaFile = CaFile() }, null, version));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_that_is_not_valid_is_refused_also_where_none_is_needed(bool required)
    {
        using TestPki other = TestPki.Root(_time.GetUtcNow()); // of the same name, with another key
        using X509Certificate2 foreign = other.Issue("bob"), ended = _ca.Issue("bob", to: -Day / 2), early = _ca.Issue("bob", from: Day),
            server = _ca.Issue("bob", use: TestPki.ServerUse), anyUse = _ca.Issue("bob", use: null);
        TlsClientsConfig config = new() { CaFile = CaFile(), Required = required };
        string refusal = await RefusalAsync(config, foreign);
        Assert.Contains("CA", refusal, StringComparison.Ordinal);
        Assert.Contains("it is CN=bob, O=Example, serial ", refusal, StringComparison.Ordinal);
        Assert.Contains("it has expired or is not valid yet", await RefusalAsync(config, ended), StringComparison.Ordinal);
        Assert.Contains("it has expired or is not valid yet", await RefusalAsync(config, early), StringComparison.Ordinal);
        Assert.Contains("extendedKeyUsage", await RefusalAsync(config, server), StringComparison.Ordinal);
        Assert.NotNull(await ShowAsync(Server(config), anyUse));
    }

    [Fact]
    public async Task The_system_s_cas_and_the_ca_of_the_server_do_not_count()
    {
        using TestCertificate server = new();
        using X509Certificate2 own = X509Certificate2.CreateFromPemFile(server.CertificateFile, server.KeyFile);
        Assert.Contains("certificate is not valid", await RefusalAsync(new() { CaFile = CaFile() }, own), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ca_between_may_come_from_the_client_or_stand_in_the_file()
    {
        using TestPki between = _ca.Beneath("Between");
        using X509Certificate2 bob = between.Issue("bob");
        TlsClientsConfig alone = new() { CaFile = CaFile() }, both = new() { CaFile = Write("both.pem", _ca.Pem + between.Pem) };
        Assert.Equal(2, (await ShowAsync(Server(alone), bob, [between.Certificate]))!.Links.Count);
        Assert.Equal(2, (await ShowAsync(Server(both), bob))!.Links.Count);
        Assert.Contains("no trusted CA is known", await RefusalAsync(alone, bob), StringComparison.Ordinal);
        Assert.Contains("has no root", Assert.Throws<ProxyException>(() => Server(new() { CaFile = Write("between.pem", between.Pem) })).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("der")]
    [InlineData("pem")]
    [InlineData("two")]
    public async Task A_revoked_certificate_is_refused_with_the_reason_and_another_is_not(string form)
    {
        using X509Certificate2 bob = _ca.Issue("bob"), eve = _ca.Issue("eve");
        byte[] empty = _ca.Revoke(Day, [], began: -Day * 20), list = _ca.Revoke(Day, [eve]);
        string pem = PemEncoding.WriteString("X509 CRL", list), old = PemEncoding.WriteString("X509 CRL", empty);
        TlsClientsConfig config = new()
        {
            CaFile = CaFile(), CrlFiles = form switch
            {
                "der" => [Write("list.crl", list)],
                "pem" => [Write("list.pem", $"a text in front\n{pem}\n{_ca.Pem}{old}\n")],
                _ => [Write("old.pem", old), Write("list.pem", pem)], // the newest of a CA counts
            },
        };
        Assert.NotNull(await ShowAsync(Server(config), bob));
        Assert.Contains("it is revoked (KeyCompromise); it is CN=eve, O=Example, serial ", await RefusalAsync(config, eve), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_has_ended_lets_nobody_in_and_is_warned_of_before()
    {
        using X509Certificate2 bob = _ca.Issue("bob"), eve = _ca.Issue("eve");
        TlsClientsConfig config = new() { CaFile = CaFile(), CrlFiles = [Write("list.crl", _ca.Revoke(10 * Day, [eve]))] }; // of 20 days
        TlsServer server = Server(config);
        Assert.NotNull(await ShowAsync(server, bob));
        Assert.Empty(server.Clients!.ProblemsAt(_time.GetUtcNow()));
        Assert.Contains("ends on 2030-01-11", Assert.Single(server.Clients.ProblemsAt(_time.GetUtcNow() + 9 * Day)), StringComparison.Ordinal);
        _time.Advance(10 * Day);
        Assert.Contains("ended on 2030-01-11", Assert.Single(server.Clients.ProblemsAt(_time.GetUtcNow())), StringComparison.Ordinal);
        Assert.Contains("ended on 2030-01-11 00:00 UTC, so that it is not known", await RefusedByAsync(server, bob), StringComparison.Ordinal);
        Assert.Contains("it is revoked", await RefusedByAsync(server, eve), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_a_ca_without_a_list_is_refused_and_so_is_one_beneath_a_revoked_ca()
    {
        using TestPki between = _ca.Beneath("Between");
        using X509Certificate2 bob = between.Issue("bob"), near = _ca.Issue("near");
        string ca = Write("both.pem", _ca.Pem + between.Pem), ofRoot = Write("root.crl", _ca.Revoke(Day, [])), revoked = Write("revoked.crl",
            _ca.Revoke(Day, [between.Certificate])), ofBetween = Write("between.crl", between.Revoke(Day, []));
        Assert.Contains("no list of its issuer", await RefusalAsync(new() { CaFile = ca, CrlFiles = [ofRoot] }, bob), StringComparison.Ordinal);
        Assert.NotNull(await ShowAsync(Server(new() { CaFile = ca, CrlFiles = [ofBetween] }), bob));
        Assert.Contains("no list of its issuer", await RefusalAsync(new() { CaFile = ca, CrlFiles = [ofBetween] }, near), StringComparison.Ordinal);
        Assert.NotNull(await ShowAsync(Server(new() { CaFile = ca, CrlFiles = [ofRoot, ofBetween] }), bob));
        Assert.Contains("a CA above it is revoked", await RefusalAsync(new() { CaFile = ca, CrlFiles = [revoked, ofBetween] }, bob), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_its_ca_did_not_sign_is_not_used()
    {
        using TestPki other = TestPki.Root(_time.GetUtcNow()), foreign = TestPki.Root(_time.GetUtcNow(), "Another CA"),
            mute = TestPki.Root(_time.GetUtcNow(), "Mute CA", usage: X509KeyUsageFlags.KeyCertSign);
        byte[] changed = _ca.Revoke(Day, []);
        changed[^1] ^= 1;
        Assert.Contains("is not that of its CA", Fault(other.Revoke(Day, [])), StringComparison.Ordinal);
        Assert.Contains("is of a CA that is not in `ca`", Fault(foreign.Revoke(Day, [])), StringComparison.Ordinal);
        Assert.Contains("cRLSign", Fault(mute.Revoke(Day, []), mute.Pem), StringComparison.Ordinal);
        Assert.Contains("signature", Fault(changed), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Fault(OpenSslLists.OfAPart), StringComparison.Ordinal);
        Assert.Contains("neither a PEM list nor a DER one", Fault("nothing"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("neither a PEM list nor a DER one", Fault([]), StringComparison.Ordinal);
        Assert.Contains("larger", Fault(new byte[RevocationListFile.MaxLength + 1]), StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<ProxyException>(
            () => Server(new() { CaFile = CaFile(), CrlFiles = [Path.Combine(_folder.FullName, "none")] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_openssl_is_that_of_its_ca()
    {
        Assert.True(RevocationListReader.TryRead(OpenSslLists.Plain, out RevocationList? list, out _));
        using X509Certificate2 ca = X509CertificateLoader.LoadCertificate(OpenSslLists.Ca);
        Assert.Null(RevocationSignature.Problem(list!, ca));
        Assert.Equal("its signature is not that of its CA", RevocationSignature.Problem(list!, _ca.Certificate));
        RevocationLists lists = RevocationLists.Load([Write("list.crl", OpenSslLists.Plain)], [ca]);
        CertificateLink[] revoked = [new(CertificateLink.IdOf(ca), OpenSslLists.Serial)];
        Assert.Equal("it is revoked (KeyCompromise)", lists.Problem(revoked, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Null(lists.Problem([revoked[0] with { Serial = "01" }], new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("SHA256", false)]
    [InlineData("SHA384", false)]
    [InlineData("SHA512", false)]
    [InlineData("SHA256", true)]
    [InlineData("SHA512", true)]
    public void Lists_of_rsa_cas_are_checked_in_all_forms(string hash, bool pss)
    {
        using TestPki ca = TestPki.Root(_time.GetUtcNow(), key: RSA.Create(2048));
        byte[] list = ca.Revoke(Day, [], new HashAlgorithmName(hash), pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        Server(new() { CaFile = Write("ca.pem", ca.Pem), CrlFiles = [Write("list.crl", list)] });
        list[^1] ^= 1;
        Assert.Contains("signature", Fault(list, ca.Pem), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.5", "")] // SHA-1
    [InlineData("1.2.840.113549.1.1.10", "")] // PSS without parameters: SHA-1
    [InlineData("1.2.840.113549.1.1.10", "3000")]
    [InlineData("1.2.840.113549.1.1.10", "300da00b300906052b0e03021a0500")] // PSS with SHA-1
    [InlineData("1.3.101.112", "")] // Ed25519, which .NET does not have
    public void Weak_and_unknown_signatures_of_lists_are_named(string algorithm, string parameters)
    {
        Assert.True(RevocationListReader.TryRead(OpenSslLists.Plain, out RevocationList? list, out _));
        RevocationList other = list! with { Algorithm = algorithm, AlgorithmParameters = Convert.FromHexString(parameters) };
        Assert.Contains($"the algorithm {algorithm}, which is not supported", RevocationSignature.Problem(other, _ca.Certificate), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_change_hold_from_then_on_and_faulty_ones_change_nothing()
    {
        using X509Certificate2 bob = _ca.Issue("bob");
        string list = Write("list.crl", _ca.Revoke(Day, []));
        TlsServer server = Server(new() { CaFile = CaFile(), CrlFiles = [list] });
        ClientCertificate shown = (await ShowAsync(server, bob))!;
        Assert.Null(server.Clients!.Revoked(shown));
        Write("list.crl", "nothing"u8.ToArray());
        Assert.Throws<ProxyException>(server.Clients.Refresh);
        Assert.NotNull(await ShowAsync(server, bob));
        Write("list.crl", _ca.Revoke(Day, [bob], began: TimeSpan.Zero));
        server.Clients.Refresh();
        Assert.Contains("it is revoked", await RefusedByAsync(server, bob), StringComparison.Ordinal);
        Assert.Equal("it is revoked (KeyCompromise)", server.Clients.Revoked(shown));
        // The server's own certificate is made once, whatever becomes of these files.
        Assert.Empty(server.Files);
    }

    private string Fault(byte[] list, string? ca = null) => Assert.Throws<ProxyException>(
        () => Server(new() { CaFile = Write("ca.pem", ca ?? _ca.Pem), CrlFiles = [Write("list.crl", list)] })).Message;

    private string CaFile() => Write("ca.pem", _ca.Pem);

    private string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private TlsServer Server(TlsClientsConfig clients) => new(new TlsServerConfig { SelfSigned = true, Clients = clients }, _time);

    private Task<string> RefusalAsync(TlsClientsConfig config, X509Certificate2? certificate, SslProtocols version = SslProtocols.Tls13) =>
        RefusedByAsync(Server(config), certificate, version);

    private static async Task<string> RefusedByAsync(TlsServer server, X509Certificate2? certificate, SslProtocols version = SslProtocols.Tls13) =>
        (await Assert.ThrowsAsync<ClientCertificateException>(() => ShowAsync(server, certificate, version: version))).Message;

    private static async Task<ClientCertificate?> ShowAsync(
        TlsServer server, X509Certificate2? certificate, X509Certificate2Collection? chain = null, SslProtocols version = SslProtocols.Tls13)
    {
        DuplexPair pair = new();
        using SslStream client = new(pair.Left);
        Task connecting = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", EnabledSslProtocols = version, RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, chain, offline: true),
        });
        try
        {
            await using TlsStream accepted = (TlsStream)await server.AcceptAsync(pair.Right, default).AsTask().WaitAsync(Patience);
            await connecting.WaitAsync(Patience);
            return accepted.Client;
        }
        finally
        {
            await connecting.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
