using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A self-signed certificate and its key in temporary files.</summary>
internal sealed class SelfSignedFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("multiexit-");

    private SelfSignedFiles(SelfSignedCertificate certificate)
    {
        Fingerprint = certificate.Fingerprint;
        File.WriteAllText(CertificateFile, certificate.CertificatePem);
        File.WriteAllText(KeyFile, certificate.KeyPem);
    }

    public string Fingerprint { get; }

    public string CertificateFile => Path.Combine(_folder.FullName, "cert.pem");

    public string KeyFile => Path.Combine(_folder.FullName, "key.pem");

    public TlsServerConfig Config => new() { CertificateFile = CertificateFile, KeyFile = KeyFile };

    public static SelfSignedFiles Create(params string[] names) => new(SelfSignedCertificate.Create(names, TimeSpan.FromDays(1), TimeProvider.System));

    public void Dispose() => _folder.Delete(recursive: true);
}
