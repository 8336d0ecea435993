using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>A certificate with its key, and the others of its chain.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Chain">Those that lead to its CA.</param>
internal sealed record KeyPair(X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    /// <summary>Reads it.</summary>
    /// <param name="file">The chain, PEM, the certificate itself first.</param>
    /// <param name="keyFile">The key, PEM.</param>
    /// <exception cref="Errors.ProxyException">They cannot be read, or do not belong together.</exception>
    public static KeyPair Read(string file, string keyFile)
    {
        X509Certificate2Collection chain = PemFile.ReadCertificates(file, "certificate file");
        X509Certificate2 certificate = WithKey(chain[0], file, keyFile);
        chain.RemoveAt(0);
        return new KeyPair(certificate, chain);
    }

    /// <summary>What TLS takes; nothing is fetched for it.</summary>
    public SslStreamCertificateContext ToContext() => SslStreamCertificateContext.Create(Certificate, Chain, offline: true);

    /// <summary>Makes it of PEM texts.</summary>
    public static X509Certificate2 Pair(string certificate, string key)
    {
        X509Certificate2 pair = X509Certificate2.CreateFromPem(certificate, key);
        if (!OperatingSystem.IsWindows()) return pair;
        // Schannel cannot use a key that was never in a key store.
        using (pair) return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string file, string keyFile)
    {
        string key = PemFile.ReadText(keyFile, "key file");
        if (key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) || key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw PemFile.Unreadable($"the key in {keyFile} is encrypted; store it without a passphrase, readable by the service alone", null);
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) throw PemFile.Unreadable($"the key file {keyFile} holds no PEM private key", null);
        PemReader blocks = new(key);
        while (blocks.Read()) { }
        if (blocks.Fault is { } fault) throw PemFile.Unreadable($"the key file {keyFile} {fault}", null);
        try
        {
            return Pair(certificate.ExportCertificatePem(), key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw PemFile.Unreadable(
                $"the key in {keyFile} does not belong to the certificate in {file}, or is damaged", exception);
        }
    }
}
