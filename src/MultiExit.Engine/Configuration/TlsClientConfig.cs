namespace MultiExit.Engine.Configuration;

/// <summary>TLS towards an upstream proxy.</summary>
public sealed record TlsClientConfig
{
    /// <summary>The server name sent and checked; null: the server's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>A CA file (PEM, absolute path) that alone is trusted; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>How the certificate is checked.</summary>
    public CertificateCheck Check { get; init; }

    /// <summary>With <see cref="CertificateCheck.Pin"/>: the SHA-256 of the certificate, 64 hexadecimal digits.</summary>
    public string? Pin { get; init; }

    /// <summary>Refuses TLS 1.2.</summary>
    public bool OnlyTls13 { get; init; }

    /// <summary>Hides the server's name (key <c>ech</c>); null: it is there to be seen.</summary>
    public EchClientConfig? Ech { get; init; }
}
