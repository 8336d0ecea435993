using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tls;

/// <summary>The certificate that a client has shown, after it was found valid. Immutable; two are the same only when they came over the same
/// connection.</summary>
internal sealed class ClientCertificate
{
    private const string AlternativeNameExtension = "2.5.29.17";

    private ClientCertificate(X509Certificate2 certificate, X509ChainElementCollection chain)
    {
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        DistinguishedName? subject = DistinguishedName.Read(certificate.SubjectName.RawData);
        Subject = subject?.Canonical;
        CommonName = subject?.CommonName;
        Description = CertificateText.Identify(certificate);
        Links = CertificateLink.Of(chain);
    }

    /// <summary>Its SHA-256, 64 hexadecimal digits in upper case.</summary>
    public string Fingerprint { get; }

    /// <summary>Its subject (<see cref="DistinguishedName.Canonical"/>); null where that is malformed.</summary>
    public string? Subject { get; }

    /// <summary>The common name of its subject; null where there is none, or more than one.</summary>
    public string? CommonName { get; }

    /// <summary>The names in its extension subjectAltName.</summary>
    public IReadOnlyList<AlternativeName> Names { get; private init; } = [];

    /// <summary>Itself and the CAs between it and the root, for revocation lists.</summary>
    public IReadOnlyList<CertificateLink> Links { get; }

    /// <summary>What it is, for the log.</summary>
    public string Description { get; }

    /// <summary>Reads it.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="chain">Its valid chain.</param>
    /// <returns>Null when its alternative names are malformed, too many, or there twice.</returns>
    public static ClientCertificate? Read(X509Certificate2 certificate, X509ChainElementCollection chain)
    {
        X509Extension[] extensions = [.. certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNameExtension)];
        if (extensions.Length > 1) return null;
        IReadOnlyList<AlternativeName>? names = extensions.Length == 0 ? [] : AlternativeName.Read(extensions[0].RawData);
        return names is null ? null : new ClientCertificate(certificate, chain) { Names = names };
    }
}
