using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>A certificate that signs itself, with a P-256 key.</summary>
/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">The private key, PKCS#8.</param>
/// <param name="Fingerprint">The SHA-256 of the certificate, 64 hexadecimal digits, which a client pins.</param>
/// <param name="NotAfter">When it ends.</param>
public sealed record SelfSignedCertificate(string CertificatePem, string KeyPem, string Fingerprint, DateTimeOffset NotAfter)
{
    /// <summary>Makes one.</summary>
    /// <param name="names">Host names and addresses it is for; the first is its common name.</param>
    /// <param name="validity">How long it holds.</param>
    /// <param name="time">The clock.</param>
    public static SelfSignedCertificate Create(IReadOnlyList<string> names, TimeSpan validity, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(time);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(names[0]);
        CertificateRequest request = new(subject.Build(), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // id-kp-serverAuth
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = time.GetUtcNow();
        // To a clock that is a little behind, the certificate must not be one of the future.
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now + validity);
        return new SelfSignedCertificate(
            certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), certificate.GetCertHashString(HashAlgorithmName.SHA256),
            now + validity);
    }
}
