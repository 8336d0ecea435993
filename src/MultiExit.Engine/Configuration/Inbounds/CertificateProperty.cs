namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>What a client's certificate is known by.</summary>
public enum CertificateProperty
{
    /// <summary>All of its subject.</summary>
    Subject,
    /// <summary>The common name of its subject.</summary>
    CommonName,
    /// <summary>A name in its extension subjectAltName.</summary>
    AlternativeName,
    /// <summary>The SHA-256 of the certificate.</summary>
    Fingerprint,
}
