using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiExit.Host.Tests.Support;

/// <summary>A new certificate, signed by itself, in two PEM files.</summary>
internal sealed class TemporaryCertificate : IDisposable
{
    private readonly TemporaryFile _certificate;
    private readonly TemporaryFile _key;

    public TemporaryCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=tunnel.example", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificate = new TemporaryFile(certificate.ExportCertificatePem(), ".pem");
        _key = new TemporaryFile(key.ExportPkcs8PrivateKeyPem(), ".pem");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_key.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Pin = "sha256:" + Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));
    }

    public string CertificatePath => _certificate.Path;

    public string KeyPath => _key.Path;

    /// <summary>The fingerprint by which a client pins it.</summary>
    public string Pin { get; }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
