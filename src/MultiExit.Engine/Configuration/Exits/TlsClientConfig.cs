namespace MultiExit.Engine.Configuration.Exits;

/// <summary>TLS towards an upstream proxy.</summary>
public sealed record TlsClientConfig
{
    /// <summary>The server name sent (key <c>sni</c>), and checked unless <see cref="CheckedName"/> is there; null: the server's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>The name that the certificate must be for (key <c>server_name</c>); null: the one that is sent.</summary>
    public string? CheckedName { get; init; }

    /// <summary>The own certificate with its chain, PEM (key <c>cert</c>), an absolute path; null: none is shown.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its private key, PEM (key <c>key</c>), an absolute path.</summary>
    public string? KeyFile { get; init; }

    /// <summary>A CA file (PEM, absolute path) that alone is trusted; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>How the certificate is checked.</summary>
    public CertificateCheck Check { get; init; }

    /// <summary>With <see cref="CertificateCheck.Pin"/>: the SHA-256 of certificates, 64 hexadecimal digits each, at most 16; the server must have
    /// one of them.</summary>
    public IReadOnlyList<string> Pins { get; init; } = [];

    /// <summary>Refuses TLS 1.2.</summary>
    public bool OnlyTls13 { get; init; }

    /// <summary>Hides the server's name (key <c>ech</c>); null: the name is visible.</summary>
    public EchClientConfig? Ech { get; init; }

    /// <inheritdoc/>
    public bool Equals(TlsClientConfig? other) => other is not null && ServerName == other.ServerName && CheckedName == other.CheckedName
        && CertificateFile == other.CertificateFile && KeyFile == other.KeyFile && CaFile == other.CaFile && Check == other.Check
        && Pins.SequenceEqual(other.Pins, StringComparer.OrdinalIgnoreCase) && OnlyTls13 == other.OnlyTls13 && Equals(Ech, other.Ech);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ServerName, CaFile, Check, Pins.Count, OnlyTls13);

    /// <summary>Whether a certificate is one of the pinned ones.</summary>
    /// <param name="fingerprint">Its SHA-256, hexadecimal; null when there is no certificate.</param>
    internal bool IsPinned(string? fingerprint) => fingerprint is not null && Pins.Contains(fingerprint, StringComparer.OrdinalIgnoreCase);
}
