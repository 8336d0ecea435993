using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests.Tls;

public sealed class TlsServerTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    [Fact]
    public void The_server_knows_when_its_certificate_ends()
    {
        TlsServer server = Load(_certificate.CertificateFile, _certificate.KeyFile);
        Assert.Equal(_certificate.NotAfter, server.NotAfter);
        Assert.Null(server.ProblemAt(DateTimeOffset.UtcNow));
    }

    [Fact]
    public void An_expired_certificate_loads_with_a_warning()
    {
        using TestCertificate expired = new(notBefore: DateTimeOffset.UtcNow.AddDays(-9), notAfter: DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Contains("expired", Load(expired.CertificateFile, expired.KeyFile).ProblemAt(DateTimeOffset.UtcNow), StringComparison.Ordinal);
        using TestCertificate ending = new(notBefore: DateTimeOffset.UtcNow.AddDays(-80), notAfter: DateTimeOffset.UtcNow.AddDays(8));
        Assert.Contains("ends on", Load(ending.CertificateFile, ending.KeyFile).ProblemAt(DateTimeOffset.UtcNow), StringComparison.Ordinal);
        Assert.Null(Load(ending.CertificateFile, ending.KeyFile).ProblemAt(DateTimeOffset.UtcNow.AddDays(-2)));
        using TestCertificate early = new(notBefore: DateTimeOffset.UtcNow.AddDays(1), notAfter: DateTimeOffset.UtcNow.AddDays(9));
        Assert.Contains("not valid before", Load(early.CertificateFile, early.KeyFile).ProblemAt(DateTimeOffset.UtcNow), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_are_refused()
    {
        Refused("does not exist", _certificate.CertificateFile + ".gone", _certificate.KeyFile);
        Refused("does not exist", _certificate.CertificateFile, _certificate.KeyFile + ".gone");
        Refused("folder", Path.GetDirectoryName(_certificate.CertificateFile)!, _certificate.KeyFile);
    }

    [Fact]
    public void Files_without_what_they_should_hold_are_refused()
    {
        Refused("holds no PEM certificate", _certificate.KeyFile, _certificate.KeyFile);
        Refused("holds no PEM certificate", _certificate.Write("empty.pem", ""), _certificate.KeyFile);
        Refused("cannot be read", _certificate.Write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), _certificate.KeyFile);
        Refused("holds no PEM private key", _certificate.CertificateFile, _certificate.CertificateFile);
        Refused("does not belong", _certificate.CertificateFile,
            _certificate.Write("badkey.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using TestCertificate other = new();
        Refused("does not belong", _certificate.CertificateFile, other.KeyFile);
        using System.Security.Cryptography.RSA rsa = System.Security.Cryptography.RSA.Create(2048);
        Refused("does not belong", _certificate.CertificateFile, other.Write("rsa.pem", rsa.ExportPkcs8PrivateKeyPem()));
    }

    [Fact]
    public void Certificates_of_clients_are_not_asked_for_in_vain_beside_ech()
    {
        TlsServerConfig config = new()
        {
            CertificateFile = _certificate.CertificateFile, KeyFile = _certificate.KeyFile, EchKeyFiles = ["ech.pem"],
            Clients = new TlsClientsConfig { CaFile = _certificate.CertificateFile },
        };
        ProxyException exception = Assert.Throws<ProxyException>(() => new TlsServer(config, TimeProvider.System));
        Assert.Equal(ProxyError.InvalidConfiguration, exception.Reason);
        Assert.StartsWith("`clients` beside `ech`", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encrypted_key_is_refused() => Refused("is encrypted", _certificate.CertificateFile, _certificate.EncryptedKeyFile);

    [Fact]
    public void A_ca_file_that_cannot_be_read_is_refused()
    {
        Assert.True(Destination.TryFromHost("proxy.example", 443, out Destination? server));
        ProxyException exception = Assert.Throws<ProxyException>(() => new TlsClient(new TlsClientConfig { CaFile = _certificate.KeyFile }, server));
        Assert.Equal(ProxyError.CertificateUnreadable, exception.Reason);
        Assert.Contains("CA file", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _certificate.Dispose();

    private static TlsServer Load(string certificate, string key) =>
        new(new TlsServerConfig { CertificateFile = certificate, KeyFile = key }, TimeProvider.System);

    private static void Refused(string expected, string certificate, string key)
    {
        ProxyException exception = Assert.Throws<ProxyException>(() => Load(certificate, key));
        Assert.Equal(ProxyError.CertificateUnreadable, exception.Reason);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
