using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Exits;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>Checks a server's certificates in the way in which <see cref="TlsClient"/> lets SslStream check them.</summary>
internal sealed class PeerCertificates(TlsClientConfig config, X509Certificate2Collection? trusted)
{
    /// <summary>Checks them for the server behind ECH.</summary>
    /// <param name="name">The name they must be for.</param>
    /// <param name="chain">The server's own first, DER.</param>
    /// <returns>Null when nothing is wrong, otherwise what is wrong.</returns>
    public string? Problem(string name, IReadOnlyList<byte[]> chain) => config.Check switch
    {
        CertificateCheck.None => chain.Count > 0 ? null : "the server sent no certificate",
        CertificateCheck.Pin => PinProblem(chain),
        _ => ChainProblem(name, chain),
    };

    /// <summary>Checks them for the public name, which decides whether a rejection and its retry configs can be believed
    /// (RFC 9849 section 6.1.7). They are always checked: nothing inside TLS proves anything before that.</summary>
    public string? PublicNameProblem(string name, IReadOnlyList<byte[]> chain) =>
        config.Check == CertificateCheck.Pin ? PinProblem(chain) : ChainProblem(name, chain);

    private string? PinProblem(IReadOnlyList<byte[]> chain) =>
        chain.Count > 0 && config.IsPinned(Convert.ToHexString(SHA256.HashData(chain[0]))) ? null : "its certificate is not the pinned one";

    private string? ChainProblem(string name, IReadOnlyList<byte[]> chain)
    {
        if (chain.Count == 0) return "the server sent no certificate";
        X509Certificate2Collection certificates = [];
        try
        {
            foreach (byte[] der in chain) certificates.Add(X509CertificateLoader.LoadCertificate(der));
            return BuildProblem(certificates) ?? (certificates[0].MatchesHostname(name) ? null : CertificateText.NameProblem(certificates[0], name));
        }
        catch (CryptographicException)
        {
            return "it sent a certificate that cannot be read";
        }
        finally
        {
            foreach (X509Certificate2 certificate in certificates) certificate.Dispose();
        }
    }

    private string? BuildProblem(X509Certificate2Collection certificates)
    {
        using X509Chain chain = new();
        chain.ChainPolicy = ServerCertificatePolicy.Create(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(certificates);
        bool good = chain.Build(certificates[0]);
        string? problem = good ? null : CertificateText.ChainProblem(certificates[0], chain.ChainStatus);
        foreach (X509ChainElement element in chain.ChainElements) element.Certificate.Dispose();
        return problem;
    }
}
