using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>Keys of certificates on their way into a library.</summary>
internal static class ServerKeys
{
    /// <summary>The private key of a certificate, PKCS#8; the caller clears it.</summary>
    /// <exception cref="ProxyException">It is of a kind that no library accepts (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public static byte[] Export(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        return key?.ExportPkcs8PrivateKey()
            ?? throw new ProxyException(ProxyError.CertificateUnreadable, "a listener with ECH needs a certificate with an RSA or ECDSA key");
    }
}
