using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>How the certificates of servers are judged, by each client that this program is: without a connection of its own. A certificate may name
/// places where more of its chain, or a list of revoked ones, can be had (RFC 5280 section 4.2.2.1); who shows it would choose where this server connects to,
/// and the handshake would wait for it on the thread that reads.</summary>
public static class ServerCertificatePolicy
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1"; // id-kp-serverAuth

    /// <summary>Makes it.</summary>
    /// <param name="trusted">The CAs that are trusted; null: those of the system.</param>
    internal static X509ChainPolicy Create(X509Certificate2Collection? trusted)
    {
        X509ChainPolicy policy = new()
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            ApplicationPolicy = { new Oid(ServerUse) },
        };
        if (trusted is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trusted);
        return policy;
    }

    /// <summary>The options of a client that trusts the CAs of a file, or those of the system.</summary>
    /// <param name="caFile">The file; null: those of the system.</param>
    /// <param name="certificateFile">The client's own certificate, PEM; null: none.</param>
    /// <param name="keyFile">Its key, PEM; null: none.</param>
    /// <exception cref="ArgumentException">The client's certificate is given without its key, or the key without it.</exception>
    /// <exception cref="Errors.ProxyException">A file cannot be read (<see cref="Errors.ProxyError.CertificateUnreadable"/>).</exception>
    public static SslClientAuthenticationOptions Options(string? caFile, string? certificateFile = null, string? keyFile = null)
    {
        if (certificateFile is null != keyFile is null)
            throw new ArgumentException("a client's certificate and its key go together", certificateFile is null ? nameof(certificateFile) : nameof(keyFile));
        return new()
        {
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Create(caFile is null ? null : PemFile.ReadCertificates(caFile, "CA file")),
            ClientCertificateContext = certificateFile is null || keyFile is null ? null : KeyPair.Read(certificateFile, keyFile).ToContext(),
        };
    }
}
