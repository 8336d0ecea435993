namespace MultiExit.Engine.Configuration;

/// <summary>TLS on a listener.</summary>
public sealed record TlsServerConfig
{
    /// <summary>The certificate chain, PEM; an absolute path.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>The private key, PEM; an absolute path.</summary>
    public required string KeyFile { get; init; }
}
