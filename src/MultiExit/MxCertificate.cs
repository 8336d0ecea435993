namespace MultiExit;

/// <summary>A certificate that was made.</summary>
public sealed class MxCertificate
{
    internal MxCertificate(string certificatePath, string keyPath, string fingerprint, DateTimeOffset notAfter)
    {
        CertificatePath = certificatePath;
        KeyPath = keyPath;
        Fingerprint = fingerprint;
        NotAfter = notAfter;
    }

    /// <summary>The file of the certificate, PEM.</summary>
    public string CertificatePath { get; }

    /// <summary>The file of the private key, PEM.</summary>
    public string KeyPath { get; }

    /// <summary>The SHA-256 of the certificate as a client pins it: <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;
}
