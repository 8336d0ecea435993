namespace MultiExit.Engine.Configuration;

/// <summary>TLS towards an upstream proxy.</summary>
public sealed record TlsClientConfig
{
    /// <summary>The server name sent and checked; null: the server's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>A CA file (PEM, absolute path) that alone is trusted; null: the system's.</summary>
    public string? CaFile { get; init; }
}
