namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>TLS on a listener: a certificate from files, or one made at start.</summary>
public sealed record TlsServerConfig
{
    /// <summary>The certificate chain, PEM (key <c>cert</c>); an absolute path. Null with <see cref="SelfSigned"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key, PEM (key <c>key</c>); an absolute path. Null with <see cref="SelfSigned"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>A certificate made at every start and signed by itself (key <c>self_signed</c>). Clients cannot pin or check it.</summary>
    public bool SelfSigned { get; init; }

    /// <summary>The key files of ECH (key <c>ech.key</c>, RFC 9934), absolute paths, the newest key first; none: no ECH.</summary>
    public IReadOnlyList<string> EchKeyFiles { get; init; } = [];

    /// <summary>The certificates of clients (key <c>clients</c>); null: none are asked for.</summary>
    public TlsClientsConfig? Clients { get; init; }

    /// <inheritdoc/>
    public bool Equals(TlsServerConfig? other) => other is not null && CertificateFile == other.CertificateFile && KeyFile == other.KeyFile
        && SelfSigned == other.SelfSigned && Equals(Clients, other.Clients) && EchKeyFiles.SequenceEqual(other.EchKeyFiles, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(CertificateFile, KeyFile, SelfSigned, Clients);
}
