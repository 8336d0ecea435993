namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>The certificates that clients of a listener show (key <c>tls.clients</c>).</summary>
public sealed record TlsClientsConfig
{
    /// <summary>The CAs that issue them, PEM (key <c>ca</c>); an absolute path. No others are trusted, those of the system neither.</summary>
    public required string CaFile { get; init; }

    /// <summary>Their revocation lists, PEM or DER (key <c>crl</c>); absolute paths. Empty: no certificate is revoked.</summary>
    public IReadOnlyList<string> CrlFiles { get; init; } = [];

    /// <summary>Whether a client without a certificate gets no further than TLS (key <c>require</c>, default true). Otherwise it may log in by other
    /// means; a certificate that it does show has to be valid in any case.</summary>
    public bool Required { get; init; } = true;

    /// <summary>What of a certificate is the name of its user (key <c>user_from</c>), where no user has it as its <c>certificate</c>; null: nothing.</summary>
    public CertificateProperty? UserFrom { get; init; }

    /// <inheritdoc/>
    public bool Equals(TlsClientsConfig? other) => other is not null && CaFile == other.CaFile && Required == other.Required
        && UserFrom == other.UserFrom && CrlFiles.SequenceEqual(other.CrlFiles, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(CaFile, CrlFiles.Count, Required, UserFrom);
}
