using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiExit.Engine.Tests.Tls;

/// <summary>Certificates made for one test, as PEM files in a folder of its own.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("multiexit-test-");

    public TestCertificate(string name = "proxy.example", DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, params string[] otherNames)
    {
        using ECDsa caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest ca = new("CN=Test CA", caKey, HashAlgorithmName.SHA256);
        ca.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset start = DateTimeOffset.UtcNow.AddYears(-5);
        using X509Certificate2 root = ca.CreateSelfSigned(start, start.AddYears(10));

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        foreach (string other in otherNames) names.AddDnsName(other);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 leaf = request.Create(
            root, notBefore ?? DateTimeOffset.UtcNow.AddHours(-1), notAfter ?? DateTimeOffset.UtcNow.AddDays(30), RandomNumberGenerator.GetBytes(16));

        CaFile = Write("ca.pem", root.ExportCertificatePem());
        CertificateFile = Write("cert.pem", leaf.ExportCertificatePem() + "\n" + root.ExportCertificatePem());
        KeyFile = Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        EncryptedKeyFile = Write("encrypted.pem", key.ExportEncryptedPkcs8PrivateKeyPem(
            "test", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        NotAfter = new DateTimeOffset(leaf.NotAfter);
    }

    public string CaFile { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    public string EncryptedKeyFile { get; }

    public DateTimeOffset NotAfter { get; }

    public string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
