using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiExit.Soak.Servers;

/// <summary>The certificate of the servers, which stays theirs when they are started again.</summary>
internal sealed class Identity
{
    public Identity(string folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=soak", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(300));
        Write(CertificateFile, certificate.ExportCertificatePem());
        Write(KeyFile, key.ExportPkcs8PrivateKeyPem());
        Pin = "sha256:" + certificate.GetCertHashString(HashAlgorithmName.SHA256);

        void Write(string name, string text)
        {
            string path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public static string CertificateFile => "cert.pem";

    public static string KeyFile => "cert.key";

    public string Pin { get; }

    /// <summary>The key of the tunnels.</summary>
    public string TunnelKey { get; } = "base64:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The token of the ECH tunnels.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
